import { multipleRegression } from './least-squares.js';

// Points on each side that make a slope: fewer would let the line bend for a single reading.
const MIN_POINTS_BEFORE = 3;
const MIN_POINTS_AFTER = 5;

/**
 * Where a series bends: the x of the break point of the continuous line of two segments that fits best (least squares
 * over all break points). O(n^2). `undefined` for fewer than eight points, or when x does not vary enough to fit.
 */
export function bestHinge(x: readonly number[], y: readonly number[]): number | undefined {
  const start = x[0] ?? 0;
  const ones = x.map(() => 1);
  const offsets = x.map((value) => value - start);
  let best: number | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (let index = MIN_POINTS_BEFORE; index <= x.length - MIN_POINTS_AFTER; index++) {
    const bend = offsets[index] ?? 0;
    const afterBend = offsets.map((offset) => Math.max(0, offset - bend));
    const fit = multipleRegression([ones, offsets, afterBend], y);
    if (fit !== null && fit.residualSumOfSquares < least) {
      least = fit.residualSumOfSquares;
      best = x[index];
    }
  }
  return best;
}
