import { mannKendallRiseP } from '../statistics/mann-kendall.js';
import { theilSenSlope } from '../statistics/theil-sen.js';
import type { ChannelSettings } from './channel-settings.js';
import { indexAtShare, seriesFrom } from './floor-series.js';
import { fitSegment, type Segment, spanOf } from './segment.js';
import type { TrendWindow } from './trend-window.js';

// A jump matters when it is more than this share of the growth and this many times the noise.
const JUMP_SHARE = 0.5;
const JUMP_NOISE_MULTIPLE = 5;
// In a shorter tail every step is most of the growth.
const MIN_TAIL_FLOORS = 5;
// The few floors of a tail may hold still by chance: its jump explains the growth from this share of the requests on, too.
const LATE_SHARE = 0.25;
// Less of an increment than this is left at one of the next floors if it was a peak: large requests last a while.
const PEAK_REMAINDER = 0.25;
const PEAK_FLOORS = 3;

/** Whether one jump, such as a table loaded once, explains the growth of the window, or that of its later parts. */
export function isOneJump(window: TrendWindow, settings: ChannelSettings): boolean {
  const { full, tail, noise, load } = window;
  const alpha = settings.tailAlpha;
  if (growthIsJump(full, { noise, alpha, growthBytes: settings.fullGrowthBytes })) return true;
  const late = { noise, alpha, growthBytes: settings.tailGrowthBytes };
  if (tail.series.bytes.length < MIN_TAIL_FLOORS || !growthIsJump(tail, late)) return false;
  const start = indexAtShare(full.series.requests, LATE_SHARE);
  return growthIsJump(fitSegment(seriesFrom(full.series, start), load), late);
}

/** Whether the largest step dominates the growth, and without it no growth is left that counts. */
function growthIsJump(
  segment: Segment,
  bars: { readonly noise: number; readonly alpha: number; readonly growthBytes: number },
): boolean {
  const { requests, bytes } = segment.series;
  const { size, position } = largestStep(bytes);
  const growth = Math.max(segment.rise, (bytes.at(-1) ?? 0) - (bytes[0] ?? 0));
  if (size <= JUMP_SHARE * growth || size <= JUMP_NOISE_MULTIPLE * bars.noise) return false;
  const rest = bytes.map((value, index) => (index >= position ? value - size : value));
  const stillRises = mannKendallRiseP(rest, segment.varianceFactor) < bars.alpha;
  return !(stillRises && theilSenSlope(requests, rest) * spanOf(requests) > bars.growthBytes);
}

/**
 * The largest increment between successive values that lasts, and the index it leads to; size 0 when nothing rises. What
 * falls back soon is a peak, such as a large request in flight.
 */
export function largestStep(values: readonly number[]): {
  readonly size: number;
  readonly position: number;
} {
  let size = 0;
  let position = 0;
  for (let index = 1; index < values.length; index++) {
    const [before = 0, value = 0, ...after] = values.slice(index - 1, index + 1 + PEAK_FLOORS);
    const step = value - before;
    const left = Math.min(value, ...after) - before;
    if (step > size && left > PEAK_REMAINDER * step) {
      size = step;
      position = index;
    }
  }
  return { size, position };
}
