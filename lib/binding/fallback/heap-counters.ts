import {
  getHeapCodeStatistics,
  getHeapSpaceStatistics,
  getHeapStatistics,
  type HeapSpaceInfo,
} from 'node:v8';
import { monotonicMs } from '../../core/clock.js';
import { HEAP, type NativeHeapStatistics } from '../contract.js';

/** The resident set is read again when it is this old, in ms: a reading takes about 10 us. */
const RSS_MAX_AGE_MS = 100;

/** The heap's counters, as far as `node:v8` tells them. A reading takes about 0.5 us and leaves one small object. */
export class HeapCounters {
  readonly #heap: Float64Array;
  #rssReadAt = Number.NEGATIVE_INFINITY;

  constructor(heap: Float64Array) {
    this.#heap = heap;
  }

  /** Refreshes time, used, external and rss. Returns whether used heap fell since the last reading: a GC ran. */
  read(): boolean {
    const heap = this.#heap;
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    const fell = used < (heap[HEAP.used] ?? 0);
    const now = monotonicMs();
    heap[HEAP.time] = now;
    heap[HEAP.used] = used;
    heap[HEAP.external] = external;
    heap[HEAP.externalLow] = Math.min(heap[HEAP.externalLow] ?? external, external);
    heap[HEAP.rss] = this.#recentRss(now);
    return fell;
  }

  statistics(): NativeHeapStatistics {
    const totals = getHeapStatistics();
    return {
      used: totals.used_heap_size,
      total: totals.total_heap_size,
      limit: totals.heap_size_limit,
      external: totals.external_memory,
      malloced: totals.malloced_memory,
      rss: this.#recentRss(monotonicMs()),
      spaces: Object.fromEntries(
        getHeapSpaceStatistics().map((space: HeapSpaceInfo) => [
          space.space_name,
          space.space_used_size,
        ]),
      ),
    };
  }

  codeSize(): number {
    const code = getHeapCodeStatistics();
    return code.code_and_metadata_size + code.bytecode_and_metadata_size;
  }

  #recentRss(now: number): number {
    const recent = this.#heap[HEAP.rss] ?? 0;
    if (now - this.#rssReadAt < RSS_MAX_AGE_MS) return recent;
    this.#rssReadAt = now;
    return residentSet() ?? recent;
  }
}

/** Resident set size, in bytes. `undefined` where the system does not tell, as when no file descriptor is left. */
export function residentSet(): number | undefined {
  try {
    return process.memoryUsage.rss();
  } catch {
    return undefined;
  }
}
