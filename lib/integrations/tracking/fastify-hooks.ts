import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type IntegrationOptions, profilerSource } from './integration-options.js';
import { isObject } from './objects.js';
import type { Route } from './route.js';
import { RouteCache } from './route-cache.js';
import { Routes, routeName } from './routes.js';
import { TrackedRequest } from './tracked-request.js';

/** Follows every request of the application, and learns its route and its error. */
export function addFastifyHooks(fastify: FastifyInstance, options: IntegrationOptions): void {
  const routes = new FastifyRoutes();
  const tracking = { profilerOf: profilerSource(options), findRoute: () => routes.unmatched };

  fastify.addHook('onRequest', function heaptide(request, reply, done) {
    const tracked = TrackedRequest.begin(request.raw, reply.raw, tracking);
    if (tracked !== undefined) tracked.route = routes.find(request);
    done();
  });
  fastify.addHook('onError', function heaptide(request, reply, error, done) {
    const tracked = TrackedRequest.begin(request.raw, reply.raw, tracking);
    if (tracked !== undefined) tracked.error = error;
    done();
  });
}

/** The routes of an application of Fastify. */
class FastifyRoutes {
  readonly #routes = new Routes();
  readonly #known = new RouteCache();
  /** Under which key requests keep their route's context; `null` in a Fastify that keeps it elsewhere. */
  #contextKey: symbol | null | undefined;

  get unmatched(): Route {
    return this.#routes.unmatched;
  }

  find(request: FastifyRequest): Route {
    const { method } = request;
    const context = this.#contextOf(request);
    const known = context && this.#known.get(context, method);
    if (known !== undefined) return known;
    const route = this.#named(request);
    if (context !== undefined) this.#known.set(context, method, route);
    return route;
  }

  /** A request that no route matches has no URL in its options. */
  #named({ method, routeOptions: { url, handler } }: FastifyRequest): Route {
    return url === undefined
      ? this.#routes.unmatched
      : this.#routes.named(routeName(method, url), handler);
  }

  /** What stands for the route: the same object for all its requests, whereas Fastify makes `routeOptions` for each. */
  #contextOf(request: FastifyRequest): object | undefined {
    this.#contextKey ??= contextKeyOf(request) ?? null;
    const context: unknown =
      this.#contextKey === null
        ? request.routeOptions.config
        : Reflect.get(request, this.#contextKey);
    return isObject(context) ? context : undefined;
  }
}

/** Fastify has no name for the key in public: it is the one behind which the route's own `config` is. */
function contextKeyOf(request: FastifyRequest): symbol | undefined {
  const { config } = request.routeOptions;
  return Object.getOwnPropertySymbols(request).find((key) => {
    const value: unknown = Reflect.get(request, key);
    return isObject(value) && value['config'] === config;
  });
}
