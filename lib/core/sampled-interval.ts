import type { Interval } from './analysis-result.js';

/** Of a standard normal distribution, 95 % lie within. */
const Z = 1.96;

/**
 * The 95 % interval of an amount that was estimated from samples, in the unit of `estimate`: the amounts from which the
 * estimate is at most 1.96 of their own standard deviations away. The number of samples is Poisson distributed, so an
 * amount's variance is in proportion to it; unlike `estimate ± 1.96 deviation`, the interval also holds where a
 * function was sampled twice. Nothing is known of what was never sampled: `[0, 0]`.
 *
 * @param deviation standard deviation that sampling implies for the estimate.
 */
export function sampledInterval(estimate: number, deviation: number): Interval {
  if (estimate <= 0) return [0, 0];
  const bytesPerSample = deviation ** 2 / estimate;
  const middle = estimate + (Z ** 2 * bytesPerSample) / 2;
  const half = Z * Math.sqrt(deviation ** 2 + (Z * bytesPerSample) ** 2 / 4);
  return [middle - half, middle + half];
}
