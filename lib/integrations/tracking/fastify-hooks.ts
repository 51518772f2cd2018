import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type IntegrationOptions, profilerSource } from './integration-options.js';
import type { Route } from './route.js';
import { Routes, routeName } from './routes.js';
import { TrackedRequest } from './tracked-request.js';

/** Follows every request of the application, and learns its route and its error. */
export function addFastifyHooks(fastify: FastifyInstance, options: IntegrationOptions): void {
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
