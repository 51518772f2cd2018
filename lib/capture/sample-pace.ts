import { MAX_SAMPLE_INTERVAL_BYTES } from '../core/options.js';

/** Time over which samples are counted, in ms: loading modules, or a burst, is no reason to know less for good. */
const WINDOW_MS = 10_000;

/** A larger interval leaves room for four times the load. */
const HEADROOM = 4;

/** Live samples at most: V8 keeps about 400 bytes for each, and a reading, which stops the service, goes over all. */
const MAX_LIVE_SAMPLES = 16 * 1024;

/** The heap at one moment. Time in ms, sizes in bytes. */
export interface AllocationMoment {
  readonly now: number;
  /** Allocated since the process started. */
  readonly allocated: number;
  /** What the last major GC left. */
  readonly live: number;
}

/**
 * Decides when samples are too many, of a service that allocates much or of a heap that holds much. The interval only
 * grows: with each change the sampler forgets what is live, so changes must be few. Pure: time comes in.
 */
export class SamplePace {
  readonly #maxPerSecond: number;
  #since: AllocationMoment;
  /** Mean number of allocated bytes between samples. */
  intervalBytes: number;

  constructor(
    options: { readonly sampleIntervalBytes: number; readonly maxSamplesPerSecond: number },
    start: AllocationMoment,
  ) {
    this.#maxPerSecond = options.maxSamplesPerSecond;
    this.intervalBytes = options.sampleIntervalBytes;
    this.#since = start;
  }

  /** Whether the interval has grown. Called about once a second. */
  update(moment: AllocationMoment): boolean {
    const elapsed = moment.now - this.#since.now;
    if (elapsed < WINDOW_MS) return false;
    const perSecond = ((moment.allocated - this.#since.allocated) / elapsed) * 1000;
    this.#since = moment;
    const least = Math.max(perSecond / this.#maxPerSecond, moment.live / MAX_LIVE_SAMPLES);
    if (least <= this.intervalBytes) return false;
    const before = this.intervalBytes;
    const doublings = Math.ceil(Math.log2((HEADROOM * least) / before));
    this.intervalBytes = Math.min(before * 2 ** doublings, MAX_SAMPLE_INTERVAL_BYTES);
    return this.intervalBytes > before;
  }
}
