import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Calls a function outside of the request that happens to run: in the asynchronous context in which heaptide was
 * loaded. What is planned or awaited within a request's context holds what the request keeps in an `AsyncLocalStorage`,
 * a timer as long as it repeats.
 */
export const outsideRequests = AsyncLocalStorage.snapshot();
