import { isKnownMethod } from './methods.js';
import type { Route } from './route.js';

/**
 * Routes by the object that stands for them in a framework, and by method. Forgets with that object, and does not
 * remember methods that clients invent.
 */
export class RouteCache {
  readonly #byOwner = new WeakMap<object, Map<string, Route>>();

  get(owner: object, method: string): Route | undefined {
    return this.#byOwner.get(owner)?.get(method);
  }

  set(owner: object, method: string, route: Route): void {
    if (!isKnownMethod(method)) return;
    const byMethod = this.#byOwner.get(owner);
    if (byMethod === undefined) this.#byOwner.set(owner, new Map([[method, route]]));
    else byMethod.set(method, route);
  }
}
