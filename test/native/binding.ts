import { setImmediate } from 'node:timers/promises';
import type { Binding } from '../../lib/binding/contract.js';
import { createFallback } from '../../lib/binding/fallback/fallback-binding.js';
import { loadBinding } from '../../lib/binding/load.js';

/** The backends, both of which keep the contract. */
export const BACKENDS = ['native', 'fallback'] as const;

/** A binding of the test's own process. */
export function bindingOf(backend: Binding['backend']): Binding {
  return backend === 'native' ? nativeBinding() : createFallback();
}

/** The addon's binding of the test's own process. */
export function nativeBinding(): Binding {
  const { binding, fallbackReason } = loadBinding();
  if (binding.backend !== 'native') throw new Error(fallbackReason);
  return binding;
}

/**
 * The fallback hears of GCs on later turns of the event loop: Node.js makes an entry on one, and tells of it on the next.
 * A timer can come before both when the machine is busy.
 */
export async function turnsOfTheLoop(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** Collects all garbage, at once. */
export function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('Run with --expose-gc');
  globalThis.gc();
}
