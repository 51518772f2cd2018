import { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type { Context, MiddlewareHandler } from 'hono' with { 'resolution-mode': 'import' };
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';
import { isObject } from './tracking/objects.js';
import type { Route } from './tracking/route.js';
import { Routes, routeName } from './tracking/routes.js';
import { TrackedRequest, type Tracking } from './tracking/tracked-request.js';

export type { IntegrationOptions };

/**
 * Profiles every request of a Hono application that `@hono/node-server` serves, from this middleware to the end of the
 * response. Put it first. The endpoint is the method and the pattern of the route with its base paths; requests that no
 * route matches share the name `(unmatched)`. Requests that another adapter brings, and those of `app.request()`, pass
 * unprofiled.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when an option is wrong.
 *
 * @example
 * ```ts
 * const app = new Hono();
 * app.use(heaptideHono());
 * ```
 */
export function heaptideHono(options: IntegrationOptions = {}): MiddlewareHandler {
  const routes = new Routes();
  const tracking = { profilerOf: profilerSource(options), findRoute: () => routes.unmatched };
  return async function heaptide(context, next) {
    const tracked = beginOf(context, tracking);
    try {
      await next();
    } finally {
      if (tracked !== undefined) {
        tracked.error = context.error;
        tracked.route = routeOf(context, routes);
      }
    }
  };
}

/** The adapter for Node.js hands its own objects on in the environment. */
function beginOf({ env }: Context, tracking: Tracking): TrackedRequest | undefined {
  if (!isObject(env) || !isObject(env['incoming'])) return undefined;
  const { incoming, outgoing } = env;
  if (!(outgoing instanceof ServerResponse || outgoing instanceof Http2ServerResponse)) {
    return undefined;
  }
  return TrackedRequest.begin(incoming, outgoing, tracking);
}

/** The route that answered. Middleware that answered by itself matches a whole subtree and is no route. */
function routeOf({ req }: Context, routes: Routes): Route {
  const answered = req.matchedRoutes[req.routeIndex];
  if (answered === undefined || isMiddleware(answered)) return routes.unmatched;
  return routes.named(routeName(req.method, answered.path), answered.handler);
}

function isMiddleware({ method, path }: { method: string; path: string }): boolean {
  return method === 'ALL' && path.endsWith('*');
}
