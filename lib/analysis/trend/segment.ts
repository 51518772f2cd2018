import type { Interval } from '../../core/analysis-result.js';
import { lag1Autocorrelation } from '../statistics/autocorrelation.js';
import { mannKendallRiseP } from '../statistics/mann-kendall.js';
import { robustDeviation } from '../statistics/scatter.js';
import {
  medianSlope,
  type PairwiseSlopes,
  pairwiseSlopes,
  slopeInterval,
} from '../statistics/theil-sen.js';
import type { FloorSeries } from './floor-series.js';
import { type LoadEstimate, loadUncertainty } from './load.js';

/** A stretch of floors with its trend. */
export interface Segment {
  readonly series: FloorSeries;
  /** Theil-Sen slope, in bytes per request. */
  readonly slope: number;
  readonly slopes: PairwiseSlopes;
  /** Inflation of rank variances by autocorrelation, 1 or more. */
  readonly varianceFactor: number;
  /** One-sided Mann-Kendall p-value of a rise. */
  readonly riseP: number;
  /** Slope times span, in bytes. */
  readonly rise: number;
  /** The rise without what an error of the load estimate could explain. */
  readonly netRise: number;
  /** Robust standard deviation of the floors around the trend, in bytes. */
  readonly scatter: number;
}

// Beyond this a short series cannot tell autocorrelation from trend, and the inflation would hide every leak.
const MAX_AUTOCORRELATION = 0.6;
// One-sided 95 % point of the normal distribution: sample autocorrelation of white noise stays below it over sqrt(n).
const AUTOCORRELATION_Z = 1.64;

/** Fits the trend of a stretch of floors. */
export function fitSegment(series: FloorSeries, load: LoadEstimate | undefined): Segment {
  const { requests, bytes } = series;
  const slopes = pairwiseSlopes(requests, bytes);
  const slope = medianSlope(slopes);
  const residuals = bytes.map((value, index) => value - slope * (requests[index] ?? 0));
  const varianceFactor = autocorrelationFactor(residuals);
  const rise = slope * spanOf(requests);
  return {
    series,
    slope,
    slopes,
    varianceFactor,
    riseP: mannKendallRiseP(bytes, varianceFactor),
    rise,
    netRise: rise - loadUncertainty(load, series.inFlight),
    scatter: robustDeviation(residuals),
  };
}

/** 95 % rank interval of the slope, in bytes per request; an end is infinite when the floors do not bound it. */
export function intervalOf(segment: Segment): Interval {
  return slopeInterval(segment.slopes, segment.varianceFactor);
}

/** Requests between the first and the last floor. */
export function spanOf(requests: readonly number[]): number {
  return (requests.at(-1) ?? 0) - (requests[0] ?? 0);
}

/** Variance inflation of a rank test on an AR(1) series; 1 when the autocorrelation is not significant. */
function autocorrelationFactor(residuals: readonly number[]): number {
  const correlation = Math.min(MAX_AUTOCORRELATION, lag1Autocorrelation(residuals));
  const isSignificant = correlation >= AUTOCORRELATION_Z / Math.sqrt(residuals.length);
  return isSignificant ? (1 + correlation) / (1 - correlation) : 1;
}
