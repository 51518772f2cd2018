import type { Handler } from '../../profiler/profile-endpoint.js';
import { nameOfMethod } from './methods.js';
import { ownCopy } from './own-copy.js';
import { Route, UNMATCHED_NAME } from './route.js';

/** Routes remembered; a run keeps fewer names than that apart. */
const MAX_ROUTES = 10_000;

/** Characters of a pattern that are kept. */
const MAX_PATTERN_LENGTH = 1000;

/** The routes of an application by name, made on first use. */
export class Routes {
  readonly unmatched = new Route(UNMATCHED_NAME);
  readonly #byName = new Map<string, Route>();

  /** The route of that name. `handler` counts when the route is new. */
  named(name: string, handler?: Handler): Route {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const route = new Route(ownCopy(name), handler);
    if (this.#byName.size < MAX_ROUTES) this.#byName.set(route.name, route);
    return route;
  }
}

/** `GET /orders/:id`. Clients choose the method, and parts of some patterns: neither is taken as it comes. */
export function routeName(method: string | undefined, pattern: string): string {
  return `${nameOfMethod(method ?? 'GET')} ${pattern.slice(0, MAX_PATTERN_LENGTH)}`;
}
