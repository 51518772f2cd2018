import { types } from 'node:util';
import type { Endpoint } from '../capture/endpoint.js';
import type { EndpointProfiler } from './endpoint-profiler.js';
import {
  followGenerator,
  followPromise,
  followThenable,
  isGeneratorFunction,
  isThenable,
} from './follow-result.js';
import type { Handler } from './profile-endpoint.js';
import type { RequestRecorder } from './request-recorder.js';
import { responseAmong } from './status-code.js';

/** Under which name, and for whom, a handler is profiled. */
export interface Binding {
  readonly name: string;
  readonly profilerOf: () => EndpointProfiler;
}

/** Own properties of a function that a wrapper has of its own kind. */
const OWN_TO_THE_WRAPPER = new Set<string | symbol>(['prototype', 'arguments', 'caller']);

/**
 * Returns a function that calls `handler` and records the call. The two are alike to everybody else: same `this`,
 * name, length, prototype chain and own properties.
 */
export function wrapHandler<T extends Handler>(handler: T, { name, profilerOf }: Binding): T {
  const generator = isGeneratorFunction(handler) ? handler : undefined;
  // The endpoint of the run that the last call saw: a lookup by name happens once per run.
  let recorder: RequestRecorder | undefined;
  let endpoint: Endpoint | undefined;

  function profiled(this: unknown): unknown {
    const current = profilerOf().recorder;
    if (current !== recorder || endpoint === undefined) {
      recorder = current;
      endpoint = current?.endpointOf(name, handler);
    }
    // biome-ignore lint/complexity/noArguments: rest parameters would allocate an array per call.
    const args = arguments;
    if (recorder === undefined || endpoint === undefined) return Reflect.apply(handler, this, args);
    if (generator !== undefined) {
      return followGenerator(Reflect.apply(generator, this, args), recorder, endpoint);
    }
    return record(handler, this, args, recorder, endpoint);
  }

  for (const key of Reflect.ownKeys(handler)) {
    const property = Reflect.getOwnPropertyDescriptor(handler, key);
    if (property === undefined || OWN_TO_THE_WRAPPER.has(key)) continue;
    Object.defineProperty(profiled, key, property);
  }
  Object.setPrototypeOf(profiled, Object.getPrototypeOf(handler));
  return profiled as unknown as T;
}

// Five parameters, since an object per request would be garbage on the hot path.
function record(
  handler: Handler,
  self: unknown,
  args: ArrayLike<unknown>,
  recorder: RequestRecorder,
  endpoint: Endpoint,
): unknown {
  const slot = recorder.begin(endpoint);
  let result: unknown;
  try {
    result = Reflect.apply(handler, self, args);
  } catch (error) {
    recorder.fail(endpoint, slot, responseAmong(args), error);
    throw error;
  }
  if (result instanceof Promise) {
    return followPromise(result, { recorder, endpoint, slot, response: responseAmong(args) });
  }
  if (isThenable(result)) {
    const request = { recorder, endpoint, slot, response: responseAmong(args) };
    // One of another realm, where it is awaited without a call of its `then`. Asked late, since that costs a native call.
    if (types.isPromise(result)) return followPromise(result, request);
    followThenable(result, request);
    return result;
  }
  recorder.finish(endpoint, slot, responseAmong(args), result);
  return result;
}
