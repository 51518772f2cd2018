import { getHeapStatistics } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';

/**
 * V8 begins to mark concurrently once external memory exceeds its value after the last mark-compact by 64 MiB. This is
 * a little more.
 */
const NUDGE_BYTES = 66 * 1024 * 1024;

/**
 * V8 stops the world instead when external memory exceeds half of the old generation's limit. This share of that limit
 * stays clear of the half.
 */
const MAX_EXTERNAL_SHARE = 3 / 8;

/** Bytes by which the heap limit exceeds the limit of the old generation, as `native/engine/compat.h` has them. */
const YOUNG_GENERATION_BYTES =
  youngGenerationMb(Number.parseInt(process.versions.v8, 10)) * 2 ** 20;

/**
 * Asks V8 for one ordinary, concurrent major GC, as the addon does, through the memory of an ArrayBuffer: its allocation
 * crosses the soft limit, and posting it to a closed port gives it back at once. The system clears the pages when they
 * are touched, which they never are, so the resident set stays.
 *
 * @returns false when external memory would come near V8's hard limit, or the memory is not to be had
 */
export function requestMajorGc(): boolean {
  const { external_memory: external, heap_size_limit: limit } = getHeapStatistics();
  const oldGenerationLimit = limit - YOUNG_GENERATION_BYTES;
  if (external + NUDGE_BYTES > oldGenerationLimit * MAX_EXTERNAL_SHARE) return false;
  const memory = allocate(NUDGE_BYTES);
  if (memory === undefined) return false;
  const { port1 } = new MessageChannel();
  port1.close();
  port1.postMessage(undefined, [memory]);
  return true;
}

function allocate(bytes: number): ArrayBuffer | undefined {
  try {
    return new ArrayBuffer(bytes);
  } catch {
    return undefined;
  }
}

function youngGenerationMb(v8Major: number): number {
  if (v8Major <= 12) return 48;
  return v8Major === 13 ? 192 : 96;
}
