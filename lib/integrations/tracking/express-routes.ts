import type { Handler } from '../../profiler/profile-endpoint.js';
import { findMounts, isFixed, type Mount, patternThrough } from './express-mounts.js';
import { isHandler, isObject, readProperty } from './objects.js';
import type { Route } from './route.js';
import { RouteCache } from './route-cache.js';
import { Routes, routeName } from './routes.js';
import type { RequestLine } from './tracked-request.js';

/**
 * Finds the routes of Express 4 and 5 from what Express leaves on a request: the matched route, which holds its own
 * pattern only, and the application, whose routers say where that route is mounted.
 */
export class ExpressRoutes {
  readonly #routes = new Routes();
  /** Where a route object of Express is mounted; more than once where a router is shared. */
  readonly #mounts = new WeakMap<object, readonly Mount[]>();
  /** Routes that are mounted once, by method: their names are the same for every request. */
  readonly #fixed = new RouteCache();

  /** The request's route. One that no route handled, such as a static file's or a 404's, is unmatched. */
  readonly find = (request: RequestLine): Route => {
    const matched = readProperty(request, 'route');
    return isObject(matched) ? this.of(matched, request) : this.#routes.unmatched;
  };

  /** The route of a request that a route object of Express has handled. */
  of(matched: Readonly<Record<string, unknown>>, request: RequestLine): Route {
    const method = String(readProperty(request, 'method') ?? 'GET');
    const known = this.#fixed.get(matched, method);
    if (known !== undefined) return known;
    const mounts = this.#mountsOf(matched, request);
    const pattern = patternOf(request, matched, mounts);
    const route = this.#routes.named(routeName(method, pattern), handlerOf(matched, method));
    if (mounts.length === 1 && mounts.every(isFixed)) this.#fixed.set(matched, method, route);
    return route;
  }

  #mountsOf(route: object, request: RequestLine): readonly Mount[] {
    let mounts = this.#mounts.get(route);
    if (mounts === undefined) {
      mounts = findMounts(readProperty(request, 'app'), route);
      this.#mounts.set(route, mounts);
    }
    return mounts;
  }
}

function patternOf(
  request: RequestLine,
  route: Readonly<Record<string, unknown>>,
  mounts: readonly Mount[],
): string {
  const own = pathPattern(route['path']);
  const path = pathOf(request);
  for (const mount of mounts) {
    const prefix = patternThrough(mount, path);
    if (prefix !== undefined) return joined(prefix, own);
  }
  return own;
}

/** A path of Express as one line: a string, a regular expression, or a list of both. */
function pathPattern(path: unknown): string {
  return Array.isArray(path) ? path.map(String).join('|') : String(path);
}

/** `/orders` and `/` are `/orders`. */
function joined(prefix: string, own: string): string {
  if (prefix === '') return own;
  return own === '/' ? prefix : prefix + own;
}

/** Routers change `url` while they work; the original is kept beside it. */
function pathOf(request: RequestLine): string {
  const original = readProperty(request, 'originalUrl');
  const url = typeof original === 'string' ? original : (request.url ?? '/');
  return url.split('?', 1)[0] ?? url;
}

/** The last function of the route for that method: those before it are checks as a rule. */
function handlerOf(route: Readonly<Record<string, unknown>>, method: string): Handler | undefined {
  if (!Array.isArray(route['stack'])) return undefined;
  const handler = route['stack']
    .filter(isObject)
    .filter((layer) => layer['method'] === undefined || layer['method'] === method.toLowerCase())
    .at(-1)?.['handle'];
  return isHandler(handler) ? handler : undefined;
}
