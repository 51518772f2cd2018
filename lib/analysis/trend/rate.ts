import type { Interval } from '../../core/analysis-result.js';
import type { ChannelSettings } from './channel-settings.js';
import type { Look } from './look.js';
import { intervalOf, spanOf } from './segment.js';

/**
 * Interval of the rate of growth, in bytes per request; an end is infinite when the floors do not bound it.
 *
 * A rank interval alone covers chance and not change: healthy programs drift while they settle, and a rate measured
 * while they do is off by more than its scatter says. So the interval spans those of the full window and of its tail,
 * widened by the drift that counts as none: upward by a tail's, downward by a whole window's, since drift is growth that
 * adds to the leak's. docs/detection.md has the share of recorded and live leaks that it covers.
 */
export function rateInterval(look: Look, settings: ChannelSettings): Interval {
  const { full, tail } = look.window;
  const { requests } = full.series;
  const whole = intervalOf(full);
  const later = intervalOf(tail);
  // A tail of a few floors has no bounds of its own.
  const [low, high] = later.every(Number.isFinite)
    ? [Math.min(whole[0], later[0]), Math.max(whole[1], later[1])]
    : whole;
  return [low - settings.fullGrowthBytes / spanOf(requests), high + driftRate(look, settings)];
}

/**
 * Bytes per request that a leak has at most, given that none was found: the upper end of the rate's interval, and never
 * below the drift that hides it. `undefined` when the floors are too few for a bound.
 */
export function leakBound(look: Look, settings: ChannelSettings): number | undefined {
  const [, high] = rateInterval(look, settings);
  return Number.isFinite(high) ? Math.max(high, driftRate(look, settings)) : undefined;
}

function driftRate(look: Look, settings: ChannelSettings): number {
  return settings.tailGrowthBytes / spanOf(look.window.full.series.requests);
}
