import { ExpressRoutes } from './express-routes.js';
import { isObject, readProperty } from './objects.js';
import { PathTemplates } from './path-templates.js';
import type { Route } from './route.js';
import { Routes, routeName } from './routes.js';
import type { RequestLine } from './tracked-request.js';

const NOT_FOUND = 404;

/**
 * Finds the routes of a server that nobody has described: those of Express where it serves, and patterns made of the
 * paths elsewhere. What such a server answers with 404 is unmatched.
 */
export class ServerRoutes {
  readonly #routes = new Routes();
  readonly #express = new ExpressRoutes();
  readonly #templates = new PathTemplates();

  readonly find = (request: RequestLine, statusCode: number): Route => {
    const matched = readProperty(request, 'route');
    if (isObject(matched)) return this.#express.of(matched, request);
    if (statusCode === NOT_FOUND || isObject(readProperty(request, 'app')))
      return this.#routes.unmatched;
    return this.#routes.named(routeName(request.method, this.#templates.of(request.url ?? '/')));
  };
}
