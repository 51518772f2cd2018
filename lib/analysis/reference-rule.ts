import type { ReferenceRule } from '../core/analysis-result.js';
import { RunningRegression } from './statistics/running-regression.js';

// The thresholds of the reference's rule, as its document states them.
const MIN_R_SQUARED = 0.7;
const MAX_P_VALUE = 0.05;
const MIN_SLOPE_MB_PER_REQUEST = 0.01;
const MAX_COEFFICIENT_OF_VARIATION = 0.4;

/**
 * The reference's leak rule: linear regression of used heap over the request index, in constant memory.
 *
 * It detects a leak when R^2 is above 0.7, p below 0.05 (two-sided, t distribution) and the slope above 0.01 MB per
 * request, unless the readings vary by more than 40 % of their mean: those it excludes as unstable. It is reported for
 * comparison and is not the verdict: readings between GCs rise with garbage.
 */
export class ReferenceRuleTest {
  readonly #regression = new RunningRegression();

  /** Adds the used heap after the next request, in MB. A reading that is not finite or is negative is left out. */
  add(usedMb: number): void {
    if (Number.isFinite(usedMb) && usedMb >= 0)
      this.#regression.add(this.#regression.count, usedMb);
  }

  /** What the rule says of the readings so far. */
  result(): ReferenceRule {
    const { slope, rSquared, pValue } = this.#regression.fit();
    const { mean, deviation } = this.#regression;
    const coefficientOfVariation = mean > 0 ? deviation / mean : 0;
    const rising =
      rSquared > MIN_R_SQUARED && pValue < MAX_P_VALUE && slope > MIN_SLOPE_MB_PER_REQUEST;
    const unstable = coefficientOfVariation > MAX_COEFFICIENT_OF_VARIATION;
    const figures = { slopeMbPerRequest: slope, rSquared, pValue, coefficientOfVariation };
    return {
      leakDetected: rising && !unstable,
      ...figures,
      message: describe({ ...figures, rising, unstable, readings: this.#regression.count }),
    };
  }
}

function describe(
  outcome: Omit<ReferenceRule, 'leakDetected' | 'message'> & {
    readonly rising: boolean;
    readonly unstable: boolean;
    readonly readings: number;
  },
): string {
  const { slopeMbPerRequest, rSquared, pValue, coefficientOfVariation } = outcome;
  if (outcome.readings < 3) return 'Too few readings for a regression';
  const line = `${slopeMbPerRequest.toFixed(4)} MB/request, R^2 ${rSquared.toFixed(2)}, p ${pValue.toPrecision(2)}`;
  if (outcome.unstable) {
    const percent = Math.round(coefficientOfVariation * 100);
    return `Unstable memory: readings vary by ${percent} % of their mean, the rule does not apply (${line})`;
  }
  return outcome.rising ? `Possible memory leak: ${line}` : `No leak by this rule: ${line}`;
}
