import { MAX_SAMPLE_INTERVAL_BYTES } from '../core/options.js';

/** Samples that may come at once: loading modules, or a burst, is no reason to know less for good. */
const BURST_SAMPLES = 10_000;

/** Live samples at most: V8 keeps about 400 bytes for each, and a reading, which stops the service, goes over all. */
const MAX_LIVE_SAMPLES = 16 * 1024;

/** How long a heap that is more than half full keeps its samples, in ms: it may be about to run out. */
const CROWDED_MS = 60_000;

/** An interval is followed by one this many times as long. */
const STEP = 4;

/** The heap at one moment. Time in ms, sizes in bytes. */
export interface AllocationMoment {
  readonly now: number;
  /** Allocated since the process started. */
  readonly allocated: number;
  /** What the last major GC left. */
  readonly live: number;
  /** Whether more than half of the heap's limit is used. */
  readonly isCrowded: boolean;
}

/**
 * Decides when samples are too many, of a service that allocates much or of a heap that holds much: a leaky bucket. The
 * interval only grows: with each change the sampler forgets what is live, so changes must be few, and wait where a last
 * capture may soon need it. Pure: time comes in.
 */
export class SamplePace {
  readonly #maxPerSecond: number;
  #last: AllocationMoment;
  #level = 0;
  #crowdedAt: number | undefined;
  /** Mean number of allocated bytes between samples. */
  intervalBytes: number;

  constructor(
    options: { readonly sampleIntervalBytes: number; readonly maxSamplesPerSecond: number },
    start: AllocationMoment,
  ) {
    this.#maxPerSecond = options.maxSamplesPerSecond;
    this.intervalBytes = options.sampleIntervalBytes;
    this.#last = start;
  }

  /** Whether the interval has grown. Called about once a second. */
  update(moment: AllocationMoment): boolean {
    const samples = (moment.allocated - this.#last.allocated) / this.intervalBytes;
    const allowed = ((moment.now - this.#last.now) / 1000) * this.#maxPerSecond;
    this.#last = moment;
    this.#level = Math.max(0, this.#level + samples - allowed);
    const isTooDense =
      this.#level > BURST_SAMPLES || moment.live > MAX_LIVE_SAMPLES * this.intervalBytes;
    if (!moment.isCrowded) this.#crowdedAt = undefined;
    else this.#crowdedAt ??= moment.now;
    const waits = this.#crowdedAt !== undefined && moment.now - this.#crowdedAt < CROWDED_MS;
    if (!isTooDense || waits || this.intervalBytes === MAX_SAMPLE_INTERVAL_BYTES) return false;
    this.#level = 0;
    this.intervalBytes = Math.min(STEP * this.intervalBytes, MAX_SAMPLE_INTERVAL_BYTES);
    return true;
  }
}
