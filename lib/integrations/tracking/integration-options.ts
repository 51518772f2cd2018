import { invalidArgType, validateObject } from '../../core/validation.js';
import { EndpointProfiler } from '../../profiler/endpoint-profiler.js';

/** Options of every integration. */
export interface IntegrationOptions {
  /** The profiler that records. @defaultValue `EndpointProfiler.getInstance()` at the time of each request */
  readonly profiler?: EndpointProfiler;
}

/**
 * Where an integration gets the profiler of each request from.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when `options` or its profiler is something else.
 */
export function profilerSource(options: IntegrationOptions): () => EndpointProfiler {
  const { profiler } = validateObject('options', options);
  if (profiler === undefined) return () => EndpointProfiler.getInstance();
  if (!(profiler instanceof EndpointProfiler)) {
    throw invalidArgType('options.profiler', 'an EndpointProfiler', profiler);
  }
  return () => profiler;
}
