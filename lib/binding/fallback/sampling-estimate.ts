/** Newton's method is exact to 1e-9 after this many steps from where it starts. */
const STEPS = 6;

/**
 * Variance, in bytes squared, that one sample adds to an estimate of live bytes.
 *
 * V8 samples an object of `size` bytes with probability `1 - exp(-size / interval)` and reports `size` divided by that,
 * so that the sum over all samples is unbiased. This finds the size back from what is reported: `reported / interval`
 * is `x / (1 - exp(-x))` for `x = size / interval`. V8 rounds the quotient to whole objects; objects larger than a third
 * of the interval are therefore off by up to a third, one by one.
 */
export function sampleVariance(reported: number, interval: number): number {
  return reported ** 2 * Math.exp(-relativeSize(reported / interval));
}

/** The solution `x` of `x / (1 - exp(-x)) = ratio`; 0 below 1, which only rounding can cause. */
function relativeSize(ratio: number): number {
  if (ratio <= 1) return 0;
  let x = Math.min(ratio, 2 * (ratio - 1));
  for (let step = 0; step < STEPS; step++) {
    const missed = Math.exp(-x);
    x -= (x - ratio * (1 - missed)) / (1 - ratio * missed);
  }
  return x;
}
