import { invalidArgType, validateString } from '../core/validation.js';
import { EndpointProfiler } from './endpoint-profiler.js';
import { wrapHandler } from './wrap-handler.js';

/** Any function: a handler of whatever shape. */
export type Handler = (...args: never[]) => unknown;

/** What `profileEndpoint` returns: a method decorator in both dialects, and a wrapper of plain functions. */
export interface EndpointWrapper {
  /** Standard (TC39) method decorator. */
  <T extends Handler>(method: T, context: ClassMethodDecoratorContext): T;
  /** Legacy TypeScript method decorator (`experimentalDecorators`). */
  <T extends Handler>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): TypedPropertyDescriptor<T>;
  /** Wraps a plain function. */
  <T extends Handler>(handler: T): T;
}

/** Options of `profileEndpoint`. */
export interface ProfileEndpointOptions {
  /** The profiler that records. @defaultValue `EndpointProfiler.getInstance()` at the time of each call */
  readonly profiler?: EndpointProfiler;
}

/**
 * Profiles every call of a handler as one request of an endpoint.
 *
 * The handler behaves as before: `this`, arguments, `name`, `length`, own properties, result and exception are its
 * own. Async functions, thenables, generators and async generators count until they end. While profiling is off a
 * call costs a few nanoseconds. The profiler is looked up when the handler is called, not when it is wrapped.
 *
 * @param name name of the endpoint, such as `GET /orders/:id`. @defaultValue the function's own name
 * @throws `ERR_INVALID_ARG_TYPE` when applied to something that is not a method or a function.
 *
 * @example
 * ```ts
 * class Orders {
 *   @profileEndpoint('GET /orders/:id')
 *   async show(id: string) {}
 * }
 * const health = profileEndpoint('GET /health')(async (request, response) => {});
 * ```
 */
export function profileEndpoint(
  name?: string,
  options: ProfileEndpointOptions = {},
): EndpointWrapper {
  if (name !== undefined) validateString('name', name);
  if (options.profiler !== undefined && !(options.profiler instanceof EndpointProfiler)) {
    throw invalidArgType('options.profiler', 'an EndpointProfiler', options.profiler);
  }
  const profilerOf = () => options.profiler ?? EndpointProfiler.getInstance();

  function wrapper<T extends Handler>(
    target: T | object,
    context?: ClassMethodDecoratorContext | string | symbol,
    descriptor?: TypedPropertyDescriptor<T>,
  ): T | TypedPropertyDescriptor<T> {
    if (isHandler<T>(target) && (context === undefined || isMethodContext(context))) {
      const ownName = context === undefined ? target.name : String(context.name);
      return wrapHandler(target, { name: name ?? (ownName || '(anonymous)'), profilerOf });
    }
    const method = descriptor?.value;
    if (isKey(context) && descriptor !== undefined && isHandler<T>(method)) {
      const wrapped = wrapHandler(method, { name: name ?? String(context), profilerOf });
      return { ...descriptor, value: wrapped };
    }
    throw invalidArgType('profileEndpoint target', 'a function or a method', method ?? target);
  }
  return wrapper as EndpointWrapper;
}

function isHandler<T extends Handler>(value: unknown): value is T {
  return typeof value === 'function';
}

function isMethodContext(value: unknown): value is ClassMethodDecoratorContext {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'method';
}

function isKey(value: unknown): value is string | symbol {
  return typeof value === 'string' || typeof value === 'symbol';
}
