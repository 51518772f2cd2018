import type { Handler } from '../../profiler/profile-endpoint.js';

/** Whether `value` can have properties. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

export function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}
