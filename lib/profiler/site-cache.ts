import { SITE, SITE_COLUMNS, type SiteReader } from '../binding/contract.js';
import type { TimeBudget } from '../capture/time-budget.js';
import { type LiveStack, topConsumers } from '../capture/top-consumers.js';
import type { ResolvedOptions } from '../core/options.js';
import type { AllocationSite, StackFrame } from '../core/profile.js';
import { type SamplerSession, type SiteReading, STACKS_PER_READING } from '../core/timeline.js';
import type { HeapView } from './heap-view.js';

const STRIDE = SITE_COLUMNS.length;

/** Before the process has allocated this much, the sampler has seen little but the profiler's own start. */
const FIRST_READING_BYTES = 512 * 1024;

/** A live stack with its number. */
interface NumberedStack extends LiveStack {
  readonly stack: number;
  readonly samples: number;
}

/** What one reading of the sampler found. */
export interface SitesAtMoment {
  readonly stacks: readonly NumberedStack[];
  readonly selfBytes: number;
  readonly sampler: SamplerSession;
}

/** What a site cache goes by. */
export interface SiteCacheOptions {
  readonly options: ResolvedOptions['sites'];
  readonly budget: TimeBudget;
  readonly heap: HeapView;
}

/**
 * The sampler's latest reading, shared by all detailed captures until it is older than `refreshMs`. Reading is the
 * dearest thing that heaptide does inside a request, so it is counted, timed and charged to the budget here.
 */
export class SiteCache {
  readonly #reader: SiteReader;
  readonly #options: ResolvedOptions['sites'];
  readonly #budget: TimeBudget;
  readonly #heap: HeapView;
  readonly #allocatedBefore: number;
  /** Those of the latest reading: over hours, garbage comes from thousands of stacks. */
  #frames: ReadonlyMap<number, readonly StackFrame[]> = new Map();
  #latest: SitesAtMoment | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #top: readonly AllocationSite[] | undefined;
  #hasBaseline = false;

  /** Readings so far, and the time that they took in ms. */
  readCount = 0;
  readMs = 0;

  /** The heap view is fresh. */
  constructor(reader: SiteReader, { options, budget, heap }: SiteCacheOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#budget = budget;
    this.#heap = heap;
    this.#allocatedBefore = heap.used + heap.freed;
  }

  /** Live bytes that heaptide itself allocated, at the last reading. Estimated. */
  get selfBytes(): number {
    return this.#latest?.selfBytes ?? 0;
  }

  /** Mean number of allocated bytes between samples, at the last reading; 0 where it is not known. */
  get sampleIntervalBytes(): number {
    return this.#latest?.sampler.intervalBytes ?? 0;
  }

  /** The latest reading, refreshed when it is too old. `undefined` when no sampler runs. */
  at(now: number): SitesAtMoment | undefined {
    if (now - this.#readAt >= this.#options.refreshMs) this.#refresh(now);
    return this.#latest;
  }

  /** A new reading at a floor, where the live set is exact. The first one becomes the baseline of growth. */
  atFloor(now: number): SitesAtMoment | undefined {
    this.#refresh(now);
    if (this.#latest !== undefined && !this.#hasBaseline) {
      this.#reader.markSiteBaseline();
      this.#hasBaseline = true;
    }
    return this.#latest;
  }

  /**
   * Top consumers of the latest reading, made once per reading. `undefined` also while there is none and next to nothing
   * has been allocated: V8's first reading takes 0.4 MB, since it finds the lines of all scripts on the stacks. The heap
   * view is fresh.
   */
  topConsumers(): readonly AllocationSite[] | undefined {
    const { time, used, freed } = this.#heap;
    const allocated = used + freed - this.#allocatedBefore;
    if (this.#latest === undefined && allocated < FIRST_READING_BYTES) return undefined;
    const sites = this.at(time);
    if (sites === undefined) return undefined;
    this.#top ??= topConsumers(sites.stacks, this.#options.top);
    return this.#top;
  }

  /** The frames of a stack of the latest reading. */
  framesOf(stack: number): readonly StackFrame[] {
    return this.#frames.get(stack) ?? decodeFrames(this.#reader.stackFrames(stack));
  }

  #refresh(now: number): void {
    this.#readAt = now;
    this.#top = undefined;
    const readings = this.#reader.readSites(STACKS_PER_READING);
    // A session begins with nothing.
    if (readings?.session !== this.#latest?.sampler.session) this.#hasBaseline = false;
    if (readings === null) {
      this.#latest = undefined;
      return;
    }
    const { selfBytes, session, intervalBytes } = readings;
    this.readCount++;
    this.readMs += readings.readMs;
    this.#budget.spend(readings.readMs, now);
    const stacks = this.#decode(readings.rows);
    this.#frames = new Map(stacks.map(({ stack, frames }) => [stack, frames]));
    this.#latest = { stacks, selfBytes, sampler: { session, intervalBytes } };
  }

  #decode(rows: Float64Array): NumberedStack[] {
    const stacks: NumberedStack[] = [];
    for (let at = 0; at + STRIDE <= rows.length; at += STRIDE) {
      const column = (index: number) => rows[at + index] ?? 0;
      const stack = column(SITE.stack);
      stacks.push({
        stack,
        liveBytes: column(SITE.liveBytes),
        liveCount: column(SITE.liveCount),
        samples: column(SITE.samples),
        variance: column(SITE.variance),
        growthBytes: column(SITE.growthBytes),
        frames: this.framesOf(stack),
      });
    }
    return stacks;
  }
}

/** Rows of a reading as the timeline keeps them: numbers only, the frames are in `_stacks.json`. */
export function toSiteReadings(sites: SitesAtMoment): SiteReading[] {
  return sites.stacks.map(({ stack, liveBytes, samples, liveCount }) => ({
    stack,
    liveBytes: Math.round(liveBytes),
    samples,
    liveCount: Math.round(liveCount),
  }));
}

/** `[function, file, line, column, ...]` as the addon gives it. */
export function decodeFrames(flat: ReadonlyArray<string | number>): StackFrame[] {
  const frames: StackFrame[] = [];
  for (let at = 0; at + 4 <= flat.length; at += 4) {
    frames.push({
      function: String(flat[at]),
      file: String(flat[at + 1]),
      line: Number(flat[at + 2]),
      column: Number(flat[at + 3]),
    });
  }
  return frames;
}
