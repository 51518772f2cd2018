import { types } from 'node:util';
import type { Endpoint } from '../capture/endpoint.js';
import type { RequestRecorder } from './request-recorder.js';

/** A request whose handler has returned and whose result is not settled yet. */
export interface PendingRequest {
  readonly recorder: RequestRecorder;
  readonly endpoint: Endpoint;
  readonly slot: number;
  /** Where the status is read when the request ends. */
  readonly response: unknown;
}

type AnyGenerator = Generator<unknown, unknown> | AsyncGenerator<unknown, unknown>;

/** Whether calling `value` returns a generator or an async generator. */
export function isGeneratorFunction(value: unknown): value is () => AnyGenerator {
  return types.isGeneratorFunction(value);
}

/** Whether `await` would call a `then` of `value`. An object whose `then` cannot be read is none. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return 'then' in value && typeof value.then === 'function';
  } catch {
    return false;
  }
}

/**
 * Ends the request when the promise settles. The caller gets the derived promise: a handler attached on the side would
 * mark a rejection as handled that the application never handles, and the process would not die of it as it does
 * without heaptide.
 */
export function followPromise(promise: Promise<unknown>, request: PendingRequest): unknown {
  const { recorder, endpoint, slot, response } = request;
  return promise.then(
    (value) => {
      recorder.finish(endpoint, slot, response, value);
      return value;
    },
    (error: unknown) => {
      recorder.fail(endpoint, slot, response, error);
      throw error;
    },
  );
}

/**
 * Ends the request when a thenable that is no promise settles. Query builders start their work when `then` is called,
 * so it may not be called here: the thenable's own `then` is replaced until somebody awaits it.
 */
export function followThenable(thenable: PromiseLike<unknown>, request: PendingRequest): void {
  const { recorder, endpoint, slot, response } = request;
  // Written by hand, a thenable may settle twice: its fulfilment throws in the caller's code, and it rejects with that.
  let isOver = false;
  const finish = (value: unknown) => {
    if (!isOver) recorder.finish(endpoint, slot, response, value);
    isOver = true;
  };
  const fail = (error: unknown) => {
    if (!isOver) recorder.fail(endpoint, slot, response, error);
    isOver = true;
  };

  try {
    const original = thenable.then;
    const shadowed = Reflect.getOwnPropertyDescriptor(thenable, 'then');
    const followed = (onFulfilled: unknown, onRejected: unknown): unknown => {
      restore(thenable, shadowed);
      return Reflect.apply(original, thenable, [
        (value: unknown) => {
          finish(value);
          return typeof onFulfilled === 'function' ? onFulfilled(value) : value;
        },
        (error: unknown) => {
          fail(error);
          if (typeof onRejected === 'function') return onRejected(error);
          throw error;
        },
      ]);
    };
    const replacement = { value: followed, configurable: true, writable: true, enumerable: false };
    if (Reflect.defineProperty(thenable, 'then', replacement)) return;
  } catch {
    // A proxy whose trap throws.
  }
  // One that is frozen or refuses cannot be followed: the request ends with the call.
  finish(undefined);
}

/** Returns a generator that yields, receives and ends as `iterator` does; the request starts with the first `next`. */
export function followGenerator(
  iterator: AnyGenerator,
  recorder: RequestRecorder,
  endpoint: Endpoint,
): AnyGenerator {
  const followed =
    Symbol.asyncIterator in iterator
      ? driveAsync(iterator, recorder, endpoint)
      : drive(iterator, recorder, endpoint);
  Object.setPrototypeOf(followed, Object.getPrototypeOf(iterator));
  return followed;
}

function* drive(
  iterator: Generator<unknown, unknown>,
  recorder: RequestRecorder,
  endpoint: Endpoint,
): Generator<unknown, unknown> {
  const slot = recorder.begin(endpoint);
  let failure: { readonly error: unknown } | undefined;
  try {
    return yield* iterator;
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    // Reached on return, on a throw, and when the consumer stops early.
    if (failure === undefined) recorder.finish(endpoint, slot, undefined, undefined);
    else recorder.fail(endpoint, slot, undefined, failure.error);
  }
}

async function* driveAsync(
  iterator: AsyncGenerator<unknown, unknown>,
  recorder: RequestRecorder,
  endpoint: Endpoint,
): AsyncGenerator<unknown, unknown> {
  const slot = recorder.begin(endpoint);
  let failure: { readonly error: unknown } | undefined;
  try {
    return yield* iterator;
  } catch (error) {
    failure = { error };
    throw error;
  } finally {
    if (failure === undefined) recorder.finish(endpoint, slot, undefined, undefined);
    else recorder.fail(endpoint, slot, undefined, failure.error);
  }
}

function restore(target: object, shadowed: PropertyDescriptor | undefined): void {
  try {
    if (shadowed === undefined) Reflect.deleteProperty(target, 'then');
    else Reflect.defineProperty(target, 'then', shadowed);
  } catch {
    // A proxy whose trap throws keeps the replacement, which calls the same `then`.
  }
}
