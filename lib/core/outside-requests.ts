import { AsyncResource } from 'node:async_hooks';

// Node.js 20 has `AsyncLocalStorage.snapshot`, which does the same, from 20.5 on only.
const context = new AsyncResource('HEAPTIDE');

/**
 * Calls a function outside of the request that happens to run: in the asynchronous context in which heaptide was
 * loaded. What is planned or awaited within a request's context holds what the request keeps in an `AsyncLocalStorage`,
 * a timer as long as it repeats.
 */
export function outsideRequests(call: () => void): void {
  context.runInAsyncScope(call);
}
