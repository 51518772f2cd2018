import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type IntegrationOptions, profilerSource } from './integration-options.js';
import type { Route } from './route.js';
import { RouteCache } from './route-cache.js';
import { Routes, routeName } from './routes.js';
import { TrackedRequest } from './tracked-request.js';

/** Follows every request of the application, and learns its route and its error. */
export function addFastifyHooks(fastify: FastifyInstance, options: IntegrationOptions): void {
  const routes = new Routes();
  const known = new RouteCache();
  const tracking = { profilerOf: profilerSource(options), findRoute: () => routes.unmatched };

  fastify.addHook('onRequest', function heaptide(request, reply, done) {
    const tracked = TrackedRequest.begin(request.raw, reply.raw, tracking);
    if (tracked !== undefined) tracked.route = routeOf(request, routes, known);
    done();
  });
  fastify.addHook('onError', function heaptide(request, reply, error, done) {
    const tracked = TrackedRequest.begin(request.raw, reply.raw, tracking);
    if (tracked !== undefined) tracked.error = error;
    done();
  });
}

/**
 * Fastify makes `routeOptions` anew for each request; the `config` in it is the route's own. A request that no route
 * matches has no URL there.
 */
function routeOf(request: FastifyRequest, routes: Routes, known: RouteCache): Route {
  const { method } = request;
  const { url, handler, config } = request.routeOptions;
  if (url === undefined) return routes.unmatched;
  const cached = known.get(config, method);
  if (cached !== undefined) return cached;
  const route = routes.named(routeName(method, url), handler);
  known.set(config, method, route);
  return route;
}
