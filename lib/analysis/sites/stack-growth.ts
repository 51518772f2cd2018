import { mean } from 'simple-statistics';
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
  /** Pace of the bytes in the slowest session that has enough floors, as a share of the pace of all. */
  readonly slowestSession: number;
}

/** A bar for growth. */
export interface GrowthBar {
  /** Live samples gained, over all. */
  readonly samples: number;
  /** Live samples gained in the second half. */
  readonly tailSamples: number;
  /** Of the bytes gained, those of the second half: steady growth gains a half of them, a cache that fills less. */
  readonly tailShare: number;
  /** Pace in each long session of the sampler, as a share of that of all. */
  readonly slowestSession: number;
}

/**
 * What grows beyond chance, and to the end. The count of samples scatters by its square root, so six more are beyond
 * chance; without four of them in the second half it only filled up early. A full cache seems to fill up again when the
 * sampler begins anew, which sees the new entries and not those that they replace: the session before saw it rest.
 */
export const BEYOND_DOUBT: GrowthBar = {
  samples: 6,
  tailSamples: 4,
  tailShare: 0.3,
  slowestSession: 0.3,
};

/** Fewer floors with sites say nothing about growth. */
export const MIN_FLOORS = 6;

/** Whether a stack grows by as much as the bar asks for. */
export function reaches(growth: StackGrowth, bar: GrowthBar): boolean {
  return (
    growth.samples >= bar.samples &&
    growth.tailSamples >= bar.tailSamples &&
    growth.tailShare >= bar.tailShare &&
    growth.slowestSession >= bar.slowestSession
  );
}

/** Consecutive floors of one session: the first, and the one after the last. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Measures growth over the floors of one history: within each session of the sampler, and never from one to the next,
 * where the sampler has forgotten what was live. So a session that begins shortly before the end takes nothing away from
 * what is known by then.
 */
export class GrowthMeter {
  readonly #requests: readonly number[];
  readonly #sessions: readonly number[];
  readonly #start: number;
  readonly #middle: number;
  readonly #settled: readonly Stretch[];
  readonly #tail: readonly Stretch[];

  /**
   * @param requests - Requests finished at each floor, ascending.
   * @param sessions - The sampler's session at each floor.
   */
  constructor(requests: readonly number[], sessions: readonly number[]) {
    const first = requests[0] ?? 0;
    const last = requests.at(-1) ?? 0;
    const warm = first + WARM_UP_SHARE * (last - first);
    this.#requests = requests;
    this.#sessions = sessions;
    this.#start = requests.findIndex((request) => request >= warm);
    this.#middle = requests.findIndex((request) => request >= (warm + last) / 2);
    this.#settled = stretches(sessions, this.#start);
    this.#tail = stretches(sessions, this.#middle);
  }

  measure(series: Pick<StackSeries, 'bytes' | 'samples'>): StackGrowth {
    const pace = this.#pace(series.bytes, this.#settled);
    const bytesPerRequest = theilSenSlope(
      this.#requests.slice(this.#start),
      series.bytes.slice(this.#start),
      this.#sessions.slice(this.#start),
    );
    return {
      bytesPerRequest,
      bytes: bytesPerRequest * this.#span(this.#start),
      samples: this.#pace(series.samples, this.#settled) * this.#span(this.#start),
      tailSamples: this.#pace(series.samples, this.#tail) * this.#span(this.#middle),
      tailShare:
        (this.#pace(series.bytes, this.#tail) * this.#span(this.#middle)) /
        (pace * this.#span(this.#start)),
      slowestSession: Math.min(
        ...this.#settled
          .filter(({ start, end }) => end - start >= MIN_FLOORS)
          .map((stretch) => this.#pace(series.bytes, [stretch]) / pace),
        1,
      ),
    };
  }

  /** Samples that came and samples that went after warm-up, counted alike. */
  turnover(samples: readonly number[]): number {
    let sum = 0;
    for (const { start, end } of this.#settled) {
      for (let floor = start + 1; floor < end; floor++) {
        sum += Math.abs((samples[floor] ?? 0) - (samples[floor - 1] ?? 0));
      }
    }
    return sum;
  }

  /**
   * Growth per request by least squares: most slopes between pairs of small counts are 0, and so is the median of them.
   * The line has one slope, and a level of its own in each session.
   */
  #pace(values: readonly number[], within: readonly Stretch[]): number {
    const line = new RunningRegression();
    for (const { start, end } of within) {
      const requests = this.#requests.slice(start, end);
      const own = values.slice(start, end);
      const [x, y] = [mean(requests), mean(own)];
      for (const [index, value] of own.entries()) line.add((requests[index] ?? 0) - x, value - y);
    }
    return line.fit().slope;
  }

  #span(from: number): number {
    return (this.#requests.at(-1) ?? 0) - (this.#requests[from] ?? 0);
  }
}

/** The floors from one on, session for session. */
function stretches(sessions: readonly number[], from: number): readonly Stretch[] {
  const starts = sessions.flatMap((session, floor) =>
    floor === from || (floor > from && session !== sessions[floor - 1]) ? floor : [],
  );
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? sessions.length }));
}
