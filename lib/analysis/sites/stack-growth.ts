import { theilSenSlope } from '../statistics/theil-sen.js';
import type { StackSeries } from './stack-series.js';

/** Share of the requests at the start that warm-up may take; growth in it is not counted. */
const WARM_UP_SHARE = 0.2;

/** How one or more stacks grew after warm-up: robust slopes times the requests spanned. */
export interface StackGrowth {
  readonly bytesPerRequest: number;
  readonly bytes: number;
  /** Live samples gained, over all and in the second half. */
  readonly samples: number;
  readonly tailSamples: number;
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
    const full = this.#slope(series.bytes, this.#start);
    return {
      bytesPerRequest: full.slope,
      bytes: full.rise,
      samples: this.#slope(series.samples, this.#start).rise,
      tailSamples: this.#slope(series.samples, this.#middle).rise,
    };
  }

  #slope(
    values: readonly number[],
    from: number,
  ): { readonly slope: number; readonly rise: number } {
    const requests = this.#requests.slice(from);
    const slope = theilSenSlope(requests, values.slice(from));
    return { slope, rise: slope * ((requests.at(-1) ?? 0) - (requests[0] ?? 0)) };
  }
}
