import { RunningRegression } from '../statistics/running-regression.js';
import { theilSenSlope } from '../statistics/theil-sen.js';
import type { StackSeries } from './stack-series.js';

/** Share of the requests at the start that warm-up may take; growth in it is not counted. */
const WARM_UP_SHARE = 0.2;

/** How one or more stacks grew after warm-up: slopes, that of bytes a robust one, times the requests spanned. */
export interface StackGrowth {
  readonly bytesPerRequest: number;
  readonly bytes: number;
  /** Live samples gained, over all and in the second half. */
  readonly samples: number;
  readonly tailSamples: number;
  /** Of the bytes gained, those gained in the second half. Samples may be finer in one half than in the other. */
  readonly tailShare: number;
}

/** A bar for growth. */
export interface GrowthBar {
  /** Live samples gained, over all. */
  readonly samples: number;
  /** Live samples gained in the second half. */
  readonly tailSamples: number;
  /** Of the bytes gained, those of the second half: steady growth gains a half of them, a cache that fills less. */
  readonly tailShare: number;
}

/**
 * What grows beyond chance, and to the end. The count of samples scatters by its square root, so six more are beyond
 * chance; without four of them in the second half it only filled up early.
 */
export const BEYOND_DOUBT: GrowthBar = { samples: 6, tailSamples: 4, tailShare: 0.3 };

/** Fewer floors with sites say nothing about growth. */
export const MIN_FLOORS = 6;

/** Whether a stack grows by as much as the bar asks for. */
export function reaches(growth: StackGrowth, bar: GrowthBar): boolean {
  return (
    growth.samples >= bar.samples &&
    growth.tailSamples >= bar.tailSamples &&
    growth.tailShare >= bar.tailShare
  );
}

/** Measures growth over the floors of one history. */
export class GrowthMeter {
  readonly #requests: readonly number[];
  readonly #start: number;
  readonly #middle: number;

  /** @param requests - Requests finished at each floor, ascending. */
  constructor(requests: readonly number[]) {
    const first = requests[0] ?? 0;
    const last = requests.at(-1) ?? 0;
    const warm = first + WARM_UP_SHARE * (last - first);
    this.#requests = requests;
    this.#start = requests.findIndex((request) => request >= warm);
    this.#middle = requests.findIndex((request) => request >= (warm + last) / 2);
  }

  measure(series: Pick<StackSeries, 'bytes' | 'samples'>): StackGrowth {
    const slope = theilSenSlope(this.#requests.slice(this.#start), series.bytes.slice(this.#start));
    return {
      bytesPerRequest: slope,
      bytes: slope * this.#span(this.#start),
      samples: this.#gain(series.samples, this.#start),
      tailSamples: this.#gain(series.samples, this.#middle),
      tailShare: this.#gain(series.bytes, this.#middle) / this.#gain(series.bytes, this.#start),
    };
  }

  /** Samples that came and samples that went after warm-up, counted alike. */
  turnover(samples: readonly number[]): number {
    return samples
      .slice(this.#start + 1)
      .reduce(
        (sum, value, index) => sum + Math.abs(value - (samples[this.#start + index] ?? value)),
        0,
      );
  }

  /** By least squares: most slopes between pairs of small counts are 0, and so is the median of them. */
  #gain(samples: readonly number[], from: number): number {
    const line = new RunningRegression();
    for (const [index, value] of samples.slice(from).entries()) {
      line.add(this.#requests[from + index] ?? 0, value);
    }
    return line.fit().slope * this.#span(from);
  }

  #span(from: number): number {
    return (this.#requests.at(-1) ?? 0) - (this.#requests[from] ?? 0);
  }
}
