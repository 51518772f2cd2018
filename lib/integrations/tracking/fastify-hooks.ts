import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type IntegrationOptions, profilerSource } from './integration-options.js';
import { isHandler, isObject, readProperty } from './objects.js';
import type { Route } from './route.js';
import { RouteCache } from './route-cache.js';
import { Routes, routeName } from './routes.js';
import { TrackedRequest } from './tracked-request.js';

/** What Fastify keeps for a route: its `config` with the URL, and its `handler`. */
type RouteContext = Readonly<Record<string, unknown>>;

/**
 * Follows every request of the application, and learns its route and its error. Fastify answers a request with the
 * failure of a hook, so none of heaptide's gets out.
 */
export function addFastifyHooks(fastify: FastifyInstance, options: IntegrationOptions): void {
  const routes = new FastifyRoutes();
  const profilerOf = profilerSource(options);
  const tracking = { profilerOf, findRoute: () => routes.unmatched };
  const noteFailure = (error: unknown) => profilerOf().recorder?.noteInternalError(error);

  fastify.addHook('onRequest', function heaptide(request, reply, done) {
    try {
      const tracked = TrackedRequest.begin(request.raw, reply.raw, tracking);
      if (tracked !== undefined) tracked.route = routes.find(request);
    } catch (error) {
      noteFailure(error);
    }
    done();
  });
  fastify.addHook('onError', function heaptide(request, reply, error, done) {
    try {
      const tracked = TrackedRequest.begin(request.raw, reply.raw, tracking);
      if (tracked !== undefined) tracked.error = error;
    } catch (failure) {
      noteFailure(failure);
    }
    done();
  });
}

/** The routes of an application of Fastify. */
class FastifyRoutes {
  readonly #routes = new Routes();
  readonly #known = new RouteCache();
  /** Under which key requests keep their route's context; `null` in a Fastify that keeps it elsewhere. */
  #contextKey: string | symbol | null | undefined;

  get unmatched(): Route {
    return this.#routes.unmatched;
  }

  find(request: FastifyRequest): Route {
    const { method } = request;
    const context = this.#contextOf(request);
    const known = context && this.#known.get(context, method);
    if (known !== undefined) return known;
    const route = this.#named(request, context);
    if (context !== undefined) this.#known.set(context, method, route);
    return route;
  }

  /** A request that no route matches has no URL in its options. */
  #named(request: FastifyRequest, context: RouteContext | undefined): Route {
    const url = urlOf(request);
    if (typeof url !== 'string') return this.#routes.unmatched;
    const handler = optionsOf(request)?.['handler'] ?? context?.['handler'];
    const name = routeName(request.method, url);
    return this.#routes.named(name, isHandler(handler) ? handler : undefined);
  }

  /** What stands for the route: the same object for all its requests, whereas Fastify makes `routeOptions` for each. */
  #contextOf(request: FastifyRequest): RouteContext | undefined {
    this.#contextKey ??= contextKeyOf(request) ?? null;
    const context: unknown =
      this.#contextKey === null
        ? optionsOf(request)?.['config']
        : Reflect.get(request, this.#contextKey);
    return isObject(context) ? context : undefined;
  }
}

/**
 * Fastify has no name for the key in public: it is the one behind which the route's own `config` is. In Fastify 3 it was
 * `context`, which later ones warn of where it is read from the prototype.
 */
function contextKeyOf(request: FastifyRequest): string | symbol | undefined {
  const url = urlOf(request);
  const named = Object.hasOwn(request, 'context') ? ['context'] : [];
  return [...Object.getOwnPropertySymbols(request), ...named].find((key) => {
    const value: unknown = Reflect.get(request, key);
    if (!isObject(value) || !isHandler(value['handler'])) return false;
    return isObject(value['config']) && value['config']['url'] === url;
  });
}

/** The pattern of the route, with its prefixes. */
function urlOf(request: FastifyRequest): unknown {
  const options = optionsOf(request);
  return options === undefined ? readProperty(request, 'routerPath') : options['url'];
}

/** What Fastify 4.10 and later tell of the route. */
function optionsOf(request: FastifyRequest): Readonly<Record<string, unknown>> | undefined {
  const options = readProperty(request, 'routeOptions');
  return isObject(options) ? options : undefined;
}
