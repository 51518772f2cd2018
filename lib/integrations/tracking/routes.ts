import type { Handler } from '../../profiler/profile-endpoint.js';
import { Route, UNMATCHED_NAME } from './route.js';

/** Routes remembered; a run keeps fewer names than that apart. */
const MAX_ROUTES = 10_000;

/** The routes of an application by name, made on first use. */
export class Routes {
  readonly unmatched = new Route(UNMATCHED_NAME);
  readonly #byName = new Map<string, Route>();

  /** The route of that name. `handler` counts when the route is new. */
  named(name: string, handler?: Handler): Route {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const route = new Route(name, handler);
    if (this.#byName.size < MAX_ROUTES) this.#byName.set(name, route);
    return route;
  }
}

/** `GET /orders/:id`. */
export function routeName(method: string | undefined, pattern: string): string {
  return `${method ?? 'GET'} ${pattern}`;
}
