import type { Binding } from '../../lib/binding/contract.js';
import { loadBinding } from '../../lib/binding/load.js';

/** The binding of the test's own process. */
export function nativeBinding(): Binding {
  const { binding, error } = loadBinding();
  if (binding === undefined) throw error;
  return binding;
}

/** Collects all garbage, at once. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc');
  globalThis.gc();
}
