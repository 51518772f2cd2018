import type { Channel, Trend } from '../../core/analysis-result.js';
import type { FloorPoint } from '../floor-point.js';
import { channelTrend } from './channel-trend.js';
import { thinned } from './floor-ring.js';
import { hasUsablePosition } from './floor-series.js';
import type { TrendContext } from './trend-context.js';

/** How far the number of requests grows from one look to the next. */
export const LOOK_GROWTH = 1.25;

/** Fewer floors than this leave too few to test once warm-up is taken off. */
const MIN_EARLIER_FLOORS = 9;

/**
 * The trends of one run, from its floors.
 *
 * A verdict of `leak` takes two looks: at all floors, and at those that the run had when it had finished 1 / 1.25 of
 * its requests; where these are too few, at all but the last. Growth that only the later look finds is `growing`. More
 * than 256 floors are thinned: every second one of the older half is dropped, each time there are so many. Floors that
 * are not usable (NaN, infinite, not a count) are left out. Never throws.
 */
export function analyzeTrends(
  points: readonly FloorPoint[],
  context: TrendContext = {},
): Readonly<Record<Channel, Trend>> {
  const usable = points.filter(hasUsablePosition).sort((a, b) => a.request - b.request);
  const run = { floors: thinned(usable), earlier: thinned(earlierFloors(usable)) };
  return {
    heap: channelTrend('heap', run, context),
    external: channelTrend('external', run, context),
    native: channelTrend('native', run, context),
  };
}

function earlierFloors(floors: readonly FloorPoint[]): readonly FloorPoint[] {
  const end = (floors.at(-1)?.request ?? 0) / LOOK_GROWTH;
  const earlier = floors.filter(({ request }) => request <= end);
  return earlier.length < MIN_EARLIER_FLOORS ? floors.slice(0, -1) : earlier;
}
