import { getHeapStatistics } from 'node:v8';
import { MessageChannel } from 'node:worker_threads';

/**
 * V8 begins to mark concurrently once external memory exceeds its value after the last mark-compact by 64 MiB. This is
 * a little more.
 */
const NUDGE_BYTES = 66 * 1024 * 1024;

/** V8 stops the world instead when external memory exceeds half of the heap limit. */
const MAX_EXTERNAL_SHARE = 1 / 3;

/**
 * Asks V8 for one ordinary, concurrent major GC, as the addon does, through the memory of an ArrayBuffer: its allocation
 * crosses the soft limit, and posting it to a closed port gives it back at once. The system clears the pages when they
 * are touched, which they never are, so the resident set stays.
 *
 * @returns false when external memory would come near V8's hard limit, or the memory is not to be had
 */
export function requestMajorGc(): boolean {
  const { external_memory: external, heap_size_limit: limit } = getHeapStatistics();
  if (external + NUDGE_BYTES > limit * MAX_EXTERNAL_SHARE) return false;
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
