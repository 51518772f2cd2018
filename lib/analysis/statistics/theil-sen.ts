import { probit } from 'simple-statistics';
import { kendallVariance } from './mann-kendall.js';
import { OrderStatistics } from './order-statistics.js';

/** The slopes of all pairs of points of a series. */
export interface PairwiseSlopes {
  /** Number of points. */
  readonly points: number;
  /** Pairs with equal x are left out. */
  readonly ranked: OrderStatistics;
}

/**
 * The slope of every pair of points. O(n^2) in time and memory: 260 KB for 256 points.
 *
 * `x` and `y` are finite and equally long; equal values of x are allowed.
 *
 * @param levels - Points with different levels are not comparable: their pairs are left out.
 */
export function pairwiseSlopes(
  x: readonly number[],
  y: readonly number[],
  levels: readonly number[] = [],
): PairwiseSlopes {
  const slopes = new Float64Array((x.length * (x.length - 1)) / 2);
  let count = 0;
  for (let i = 0; i < x.length; i++) {
    const xi = x[i] ?? 0;
    const yi = y[i] ?? 0;
    for (let j = i + 1; j < x.length; j++) {
      const run = (x[j] ?? 0) - xi;
      if (run === 0 || levels[i] !== levels[j]) continue;
      slopes[count] = ((y[j] ?? 0) - yi) / run;
      count += 1;
    }
  }
  return { points: x.length, ranked: new OrderStatistics(slopes.subarray(0, count)) };
}

/** The Theil-Sen estimate: the median of all pairwise slopes; 0 when no two points differ in x. */
export function medianSlope({ ranked }: PairwiseSlopes): number {
  const upper = ranked.size >> 1;
  const high = ranked.at(upper) ?? 0;
  return ranked.size % 2 === 1 ? high : ((ranked.at(upper - 1) ?? 0) + high) / 2;
}

/** The Theil-Sen slope of a series, without its interval. `levels` are those of {@link pairwiseSlopes}. */
export function theilSenSlope(
  x: readonly number[],
  y: readonly number[],
  levels?: readonly number[],
): number {
  return medianSlope(pairwiseSlopes(x, y, levels));
}

/**
 * Distribution-free 95 % interval of the Theil-Sen slope, from the variance of Mann-Kendall's S.
 *
 * `varianceFactor` inflates that variance for autocorrelation. An end is infinite when there are too few pairs to
 * bound the slope on that side.
 */
export function slopeInterval(
  { points, ranked }: PairwiseSlopes,
  varianceFactor: number,
): readonly [low: number, high: number] {
  const spread = probit(0.975) * Math.sqrt(varianceFactor * kendallVariance(points));
  const low = ranked.at(Math.floor((ranked.size - spread) / 2));
  const high = ranked.at(Math.ceil((ranked.size + spread) / 2));
  return [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY];
}
