import { PerformanceObserver } from 'node:perf_hooks';
import { GCProfiler, type GCProfilerResult } from 'node:v8';
import { monotonicMs } from '../../core/clock.js';
import { HEAP } from '../contract.js';
import { residentSet } from './heap-counters.js';

/** One GC, with the heap before and after it. */
type GcCycle = GCProfilerResult['statistics'][number];

/** Where V8 keeps machine code and, in its trusted spaces, bytecode. */
const CODE_SPACES: ReadonlySet<string> = new Set([
  'code_space',
  'code_large_object_space',
  'trusted_space',
  'trusted_large_object_space',
]);

/**
 * Counts GCs into the heap array. Node.js's GC profiler records every one as it happens; a performance observer tells,
 * on a later turn of the event loop, that there is something to fetch. So no GC is missed, and the array is behind by at
 * most that turn.
 */
export class GcObserver {
  readonly #heap: Float64Array;
  readonly #profiler = new GCProfiler();
  #waker: PerformanceObserver | undefined;

  constructor(heap: Float64Array) {
    this.#heap = heap;
  }

  /** Idempotent. */
  start(): void {
    if (this.#waker !== undefined) return;
    this.#profiler.start();
    this.#waker = new PerformanceObserver(() => this.fetch());
    this.#waker.observe({ entryTypes: ['gc'] });
  }

  /** Idempotent. */
  stop(): void {
    if (this.#waker === undefined) return;
    this.fetch();
    this.#profiler.stop();
    this.#waker.disconnect();
    this.#waker = undefined;
  }

  get isRunning(): boolean {
    return this.#waker !== undefined;
  }

  /** Major GCs counted so far. */
  get majorCount(): number {
    return this.#heap[HEAP.majorCount] ?? 0;
  }

  /** Brings the array up to date. */
  fetch(): void {
    for (const cycle of this.#take()) {
      this.#addCost(cycle);
      this.#count(cycle);
    }
  }

  /** Takes in what the GCs since the last fetch freed and cost, without counting them: heaptide itself caused them. */
  fetchOwn(): void {
    for (const cycle of this.#take()) this.#addCost(cycle);
  }

  #take(): readonly GcCycle[] {
    if (this.#waker === undefined) return [];
    const { statistics } = this.#profiler.stop();
    this.#profiler.start();
    return statistics;
  }

  #addCost({ gcType, cost, beforeGC, afterGC }: GcCycle): void {
    this.#add(HEAP.pause, cost / 1000);
    if (gcType === 'IncrementalMarking' || gcType === 'ProcessWeakCallbacks') return;
    const freed = beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
    this.#add(HEAP.freed, Math.max(0, freed));
  }

  #count(cycle: GcCycle): void {
    switch (cycle.gcType) {
      case 'MarkSweepCompact':
        this.#add(HEAP.majorCount, 1);
        this.#noteFloor(cycle.afterGC);
        return;
      case 'IncrementalMarking':
        this.#add(HEAP.incrementalCount, 1);
        return;
      case 'ProcessWeakCallbacks':
        this.#add(HEAP.weakCallbackCount, 1);
        return;
      default:
        // The scavenger, and the collector that V8 has beside it under two names.
        this.#add(HEAP.minorCount, 1);
        this.#heap[HEAP.minorFloor] = cycle.afterGC.heapStatistics.usedHeapSize;
    }
  }

  /** Time and resident set are those of now: at most a turn of the event loop late. */
  #noteFloor({ heapStatistics, heapSpaceStatistics }: GcCycle['afterGC']): void {
    const heap = this.#heap;
    heap[HEAP.floor] = heapStatistics.usedHeapSize;
    heap[HEAP.floorTime] = monotonicMs();
    heap[HEAP.floorCode] = heapSpaceStatistics
      .filter(({ spaceName }) => CODE_SPACES.has(spaceName))
      .reduce((sum, { spaceUsedSize }) => sum + spaceUsedSize, 0);
    heap[HEAP.floorExternal] = heapStatistics.externalMemory;
    heap[HEAP.externalLow] = heapStatistics.externalMemory;
    heap[HEAP.floorMalloced] = heapStatistics.mallocedMemory;
    heap[HEAP.floorTotal] = heapStatistics.totalHeapSize;
    heap[HEAP.floorRss] = residentSet() ?? heap[HEAP.floorRss] ?? 0;
  }

  #add(slot: number, amount: number): void {
    this.#heap[slot] = (this.#heap[slot] ?? 0) + amount;
  }
}
