import { theilSenSlope } from '../statistics/theil-sen.js';
import type { ChannelSettings } from './channel-settings.js';
import type { FloorSeries } from './floor-series.js';
import { spanOf } from './segment.js';
import type { TrendWindow } from './trend-window.js';

/** How the pace of growth developed. */
export interface Pace {
  /** Slope of the last third over the steepest before it: 1 is steady, 0 is a plateau. */
  readonly ratio: number;
  /** Slope of the last third, in bytes per request; `undefined` when it has fewer than three floors. */
  readonly last: number | undefined;
}

const MIN_FLOORS_IN_THIRD = 3;
// Requests: bounds of a third are fractions, and a floor on a bound belongs to both sides.
const BOUND_TOLERANCE = 1e-9;
// A tail this close to the full slope is steady although a noisy last third is not, unless that has all but stopped.
const STEADY_TAIL_SHARE = 0.6;
const STOPPED_RATIO = 0.2;

/** Compares the slopes of the window's thirds. */
export function paceOf({ full, tail }: TrendWindow): Pace {
  const [first, second, last] = [0, 1, 2].map((third) => slopeOfThird(full.series, third));
  const none = Number.NEGATIVE_INFINITY;
  const steepest = Math.max(first ?? none, second ?? none, full.slope);
  return { ratio: steepest > 0 ? (last ?? tail.slope) / steepest : 1, last };
}

/** Whether the growth goes on. A cache that fills, and code that warms up, slow down. */
export function isPersistent(window: TrendWindow, pace: Pace, settings: ChannelSettings): boolean {
  const { full, tail } = window;
  const steadyTail = tail.slope >= STEADY_TAIL_SHARE * full.slope && pace.ratio >= STOPPED_RATIO;
  return pace.ratio >= settings.minDecelerationRatio || steadyTail;
}

function slopeOfThird({ requests, bytes }: FloorSeries, third: number): number | undefined {
  const start = requests[0] ?? 0;
  const span = spanOf(requests);
  const low = start + (span * third) / 3 - BOUND_TOLERANCE;
  const high = start + (span * (third + 1)) / 3 + BOUND_TOLERANCE;
  const isInside = (_: number, index: number) => {
    const request = requests[index] ?? 0;
    return request >= low && request <= high;
  };
  const inside = requests.filter(isInside);
  return inside.length < MIN_FLOORS_IN_THIRD
    ? undefined
    : theilSenSlope(inside, bytes.filter(isInside));
}
