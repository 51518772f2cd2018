import { medianAbsoluteDeviation } from 'simple-statistics';

// Makes the median absolute deviation of normal noise estimate its standard deviation: 1 / probit(0.75).
const NORMAL_CONSISTENCY = 1.4826;

/** Standard deviation estimated from the median absolute deviation: half of the values may be outliers. 0 when empty. */
export function robustDeviation(values: readonly number[]): number {
  return values.length === 0 ? 0 : NORMAL_CONSISTENCY * medianAbsoluteDeviation(values);
}
