import { mannKendallRiseP } from '../statistics/mann-kendall.js';
import { theilSenSlope } from '../statistics/theil-sen.js';
import type { ChannelSettings } from './channel-settings.js';
import { type Segment, spanOf } from './segment.js';
import type { TrendWindow } from './trend-window.js';

// A jump matters when it is more than this share of the growth and this many times the noise.
const JUMP_SHARE = 0.5;
const JUMP_NOISE_MULTIPLE = 5;
// In a shorter tail every step is most of the growth.
const MIN_TAIL_FLOORS = 5;

/** Whether one jump, such as a table loaded once, explains the growth of the window or of its tail. */
export function isOneJump(window: TrendWindow, settings: ChannelSettings): boolean {
  const { full, tail, noise } = window;
  const alpha = settings.tailAlpha;
  return (
    growthIsJump(full, { noise, alpha, growthBytes: settings.fullGrowthBytes }) ||
    (tail.series.bytes.length >= MIN_TAIL_FLOORS &&
      growthIsJump(tail, { noise, alpha, growthBytes: settings.tailGrowthBytes }))
  );
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

/** The largest increment between successive values and the index it leads to; size 0 when nothing rises. */
export function largestStep(values: readonly number[]): {
  readonly size: number;
  readonly position: number;
} {
  let size = 0;
  let position = 0;
  for (let index = 1; index < values.length; index++) {
    const step = (values[index] ?? 0) - (values[index - 1] ?? 0);
    if (step > size) {
      size = step;
      position = index;
    }
  }
  return { size, position };
}
