import { errorFunction } from 'simple-statistics';

/** Variance of Mann-Kendall's S for `n` independent values without ties. */
export function kendallVariance(n: number): number {
  return (n * (n - 1) * (2 * n + 5)) / 18;
}

/** Mann-Kendall's S: rising pairs minus falling pairs. O(n^2). */
export function kendallScore(values: readonly number[]): number {
  let score = 0;
  for (let index = 0; index < values.length; index++) {
    const earlier = values[index] ?? 0;
    for (let later = index + 1; later < values.length; later++) {
      score += Math.sign((values[later] ?? 0) - earlier);
    }
  }
  return score;
}

/**
 * One-sided p-value of the Mann-Kendall trend test: how likely values without a trend rise as much as these.
 *
 * `varianceFactor` is the inflation of the score's variance by autocorrelation; 1 for independent values. Normal
 * approximation with continuity correction, absolute error below 1e-6; meaningful from about 6 values on. 0.5 when no
 * pair differs.
 */
export function mannKendallRiseP(values: readonly number[], varianceFactor: number): number {
  const score = kendallScore(values);
  if (score === 0) return 0.5;
  const deviation = Math.sqrt(varianceFactor * kendallVariance(values.length));
  return normalUpperTail((score - Math.sign(score)) / deviation);
}

/** Probability that a standard normal value exceeds `z`. */
function normalUpperTail(z: number): number {
  return (1 - errorFunction(z / Math.SQRT2)) / 2;
}
