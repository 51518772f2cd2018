import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from 'fastify';
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';
import type { Route } from './tracking/route.js';
import { Routes, routeName } from './tracking/routes.js';
import { TrackedRequest } from './tracking/tracked-request.js';

export type { IntegrationOptions };

/**
 * Profiles every request of a Fastify application, over HTTP/1 or HTTP/2, from its arrival to the end of the response.
 * Register it before the routes. The endpoint is the method and the pattern of the route with its prefixes; requests
 * that no route matches share the name `(unmatched)`.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when an option is wrong.
 *
 * @example
 * ```ts
 * const app = Fastify();
 * await app.register(heaptideFastify);
 * ```
 */
export const heaptideFastify: FastifyPluginCallback<IntegrationOptions> = Object.assign(
  (fastify: FastifyInstance, options: IntegrationOptions, done: () => void) => {
    addHooks(fastify, options);
    done();
  },
  // The hooks are for the whole application, not for a scope of the plugin's own.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'heaptide' },
);

/** @internal The hooks of the plugin, for whoever has an instance that loads no plugins any more. */
export function addHooks(fastify: FastifyInstance, options: IntegrationOptions): void {
  const profilerOf = profilerSource(options);
  const routes = new Routes();
  const findRoute = () => routes.unmatched;

  fastify.addHook('onRequest', function heaptide(request, reply, done) {
    const tracked = TrackedRequest.begin(request.raw, reply.raw, {
      profiler: profilerOf(),
      findRoute,
    });
    if (tracked !== undefined) tracked.route = routeOf(request, routes);
    done();
  });
  fastify.addHook('onError', function heaptide(request, reply, error, done) {
    const tracked = TrackedRequest.begin(request.raw, reply.raw, {
      profiler: profilerOf(),
      findRoute,
    });
    if (tracked !== undefined) tracked.error = error;
    done();
  });
}

function routeOf(request: FastifyRequest, routes: Routes): Route {
  const { url, handler } = request.routeOptions;
  if (request.is404 || url === undefined) return routes.unmatched;
  return routes.named(routeName(request.method, url), handler);
}
