import { gammaln } from 'simple-statistics';

// Lentz's algorithm: terms that vanish are replaced by this, so that the recurrence never divides by zero.
const TINY = 1e-300;
const CONVERGED = 1e-12;
// The fraction needs a few times sqrt(max(a, b)) terms; this bounds a failure to converge.
const MAX_TERMS = 10_000;

/**
 * Upper tail of Student's t distribution: the probability of a value above `t`.
 *
 * `degreesOfFreedom` is above 0. 0.5 when either argument is NaN or there is no degree of freedom: no evidence.
 */
export function studentUpperTail(t: number, degreesOfFreedom: number): number {
  if (!(degreesOfFreedom > 0) || Number.isNaN(t)) return 0.5;
  // Squared last, so that a huge t does not overflow into NaN.
  const ratio = t / Math.sqrt(degreesOfFreedom);
  const x = 1 / (1 + ratio * ratio);
  // Not 1 - x, which loses a small t.
  const rest = 1 / (1 + 1 / (ratio * ratio));
  const tail = incompleteBeta({ a: degreesOfFreedom / 2, b: 0.5, x, rest }) / 2;
  return t >= 0 ? tail : 1 - tail;
}

interface BetaArguments {
  readonly a: number;
  readonly b: number;
  readonly x: number;
  /** 1 - x. */
  readonly rest: number;
}

/** The regularized incomplete beta function I_x(a, b), by its continued fraction. */
function incompleteBeta({ a, b, x, rest }: BetaArguments): number {
  if (x <= 0) return 0;
  if (rest <= 0) return 1;
  const logFront = gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(rest);
  const front = Math.exp(logFront);
  // The fraction converges fast on one side of the mean; symmetry serves the other.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction({ a, b, x })) / a
    : 1 - (front * betaFraction({ a: b, b: a, x: rest })) / b;
}

function betaFraction({ a, b, x }: Omit<BetaArguments, 'rest'>): number {
  let numerator = 1;
  let denominator = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = denominator;
  const step = (coefficient: number) => {
    denominator = 1 / away(1 + coefficient * denominator);
    numerator = away(1 + coefficient / numerator);
    value *= denominator * numerator;
    return Math.abs(denominator * numerator - 1);
  };
  for (let term = 1; term <= MAX_TERMS; term++) {
    const even = a + 2 * term;
    step((term * (b - term) * x) / ((even - 1) * even));
    const change = step((-(a + term) * (a + b + term) * x) / (even * (even + 1)));
    if (change < CONVERGED) break;
  }
  return value;
}

/** The value, kept away from zero. */
function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
