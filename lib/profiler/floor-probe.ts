import type { HeapReader } from '../binding/contract.js';
import { exposeForcedGc } from '../binding/forced-gc.js';
import type { ResolvedOptions } from '../core/options.js';

/**
 * What a probe does: asks for a major GC and says whether one comes. A forced one has ended by then; where none can be
 * forced, a concurrent one is asked for.
 */
export function floorProbe(
  reader: Pick<HeapReader, 'requestMajorGc'>,
  { enabled, mode }: ResolvedOptions['probe'],
): () => boolean {
  const force = enabled && mode === 'forced' ? exposeForcedGc() : undefined;
  if (force === undefined) return reader.requestMajorGc;
  return () => {
    force();
    return true;
  };
}
