import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handler } from '../profiler/profile-endpoint.js';
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';
import { isHandler, isObject } from './tracking/objects.js';
import type { Route } from './tracking/route.js';
import { Routes, routeName } from './tracking/routes.js';
import { TrackedRequest } from './tracking/tracked-request.js';

export type { IntegrationOptions };

/** What the middleware needs of Koa's context. `@koa/router` adds the route that it matched. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly method: string;
  readonly _matchedRoute?: unknown;
  readonly matched?: unknown;
}

/** A middleware of Koa. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * Profiles every request of a Koa application, from this middleware to the end of the response. Put it first. The
 * endpoint is the method and the pattern of the route that `@koa/router` or `koa-router` matched; requests that no route
 * matches share the name `(unmatched)`.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when an option is wrong.
 *
 * @example
 * ```ts
 * const app = new Koa();
 * app.use(heaptideKoa());
 * ```
 */
export function heaptideKoa(options: IntegrationOptions = {}): KoaMiddleware {
  const routes = new Routes();
  const tracking = { profilerOf: profilerSource(options), findRoute: () => routes.unmatched };
  return async function heaptide(context, next) {
    const { req, res } = context;
    const tracked = TrackedRequest.begin(req, res, tracking);
    if (tracked === undefined) {
      await next();
      return;
    }
    try {
      await next();
    } catch (error) {
      tracked.error = error;
      throw error;
    } finally {
      tracked.route = routeOf(context, routes);
    }
  };
}

function routeOf(context: KoaContext, routes: Routes): Route {
  const { method, _matchedRoute: pattern } = context;
  if (pattern === undefined) return routes.unmatched;
  return routes.named(routeName(method, String(pattern)), handlerOf(context.matched));
}

/** The last function of the route; middleware of the router matches too, but has no method. */
function handlerOf(layers: unknown): Handler | undefined {
  if (!Array.isArray(layers)) return undefined;
  const route = layers.filter(isObject).findLast(({ methods }) => isFilled(methods));
  const handler: unknown = isFilled(route?.['stack']) ? route['stack'].at(-1) : undefined;
  return isHandler(handler) ? handler : undefined;
}

function isFilled(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}
