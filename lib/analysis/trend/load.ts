import { median } from 'simple-statistics';
import { multipleRegression, type RegressionFit } from '../statistics/least-squares.js';
import { robustDeviation } from '../statistics/scatter.js';
import type { FloorSeries } from './floor-series.js';

/** What one request in flight holds: live memory that is no leak. */
export interface LoadEstimate {
  readonly bytesPerInFlight: number;
  readonly standardError: number;
}

const MIN_FLOORS = 8;
// Mean square change of the requests in flight between floors, below which nothing can be estimated from them.
const MIN_MEAN_SQUARE_CHANGE = 0.5;
// Residuals beyond this many robust deviations are left out of the next fit: steps, spikes, flushed code.
const TRIM_DEVIATIONS = 4;
const TRIM_ROUNDS = 4;
const MIN_KEPT_SHARE = 0.6;
const MIN_KEPT = 6;
// Standard errors that the estimate must lie above zero: a wrong correction does more harm than none.
const MIN_T = 4;
// The true error of the estimate is at least a tenth of it: requests in flight do not all hold the same.
const MIN_RELATIVE_ERROR = 0.1;
// Growth of which the load explains less than this share at most has another cause.
const EXPLAINED_SHARE = 0.5;

/**
 * Estimates the bytes that a request in flight holds, by a trimmed regression of the differences between successive
 * floors on the changes of in-flight and finished requests. `undefined` when the load hardly varies or explains nothing.
 */
export function estimateLoad(series: FloorSeries): LoadEstimate | undefined {
  const fit = fitLoad(series);
  if (fit === undefined) return undefined;
  const { bytesPerInFlight, standardError } = fit;
  if (!(bytesPerInFlight > 0 && bytesPerInFlight / standardError > MIN_T)) return undefined;
  return fit;
}

/** The same without asking whether it is significant. */
function fitLoad(series: FloorSeries): LoadEstimate | undefined {
  const floors = series.bytes.length;
  const [bytes, inFlight, requests] = [
    differences(series.bytes),
    differences(series.inFlight),
    differences(series.requests),
  ];
  const squares = inFlight.reduce((sum, change) => sum + change * change, 0);
  if (floors < MIN_FLOORS || squares < floors * MIN_MEAN_SQUARE_CHANGE) return undefined;
  const fit = trimmedRegression([inFlight, requests], bytes, floors);
  const [bytesPerInFlight, standardError] = [fit?.coefficients[0], fit?.standardErrors[0]];
  if (bytesPerInFlight === undefined || standardError === undefined) return undefined;
  return { bytesPerInFlight, standardError };
}

/** The floors as they would be at the median load. */
export function atMedianLoad(
  series: FloorSeries,
  load: LoadEstimate | undefined,
): readonly number[] {
  if (load === undefined) return series.bytes;
  const typical = median(series.inFlight);
  return series.bytes.map(
    (value, index) => value - load.bytesPerInFlight * ((series.inFlight[index] ?? 0) - typical),
  );
}

/** Bytes of a rise that an error of the load estimate could explain, given how the load shifted. */
export function loadUncertainty(
  load: LoadEstimate | undefined,
  inFlight: readonly number[],
): number {
  if (load === undefined) return 0;
  const error = Math.max(2 * load.standardError, MIN_RELATIVE_ERROR * load.bytesPerInFlight);
  return error * Math.abs(loadShift(inFlight));
}

/**
 * Whether the load rose by so much, in requests, that a rise without a load estimate may come from it: unless what a
 * request in flight may hold at most, as far as the floors tell, does not add up to a good part of the rise.
 */
export function mayComeFromLoad(series: FloorSeries, rise: number): boolean {
  const shift = loadShift(series.inFlight);
  if (shift <= Math.max(4, 0.5 * median(series.inFlight))) return false;
  const fit = fitLoad(series);
  if (fit === undefined) return true;
  const most = Math.max(0, fit.bytesPerInFlight) + MIN_T * fit.standardError;
  return !(most * shift < EXPLAINED_SHARE * rise);
}

/** Median requests in flight of the last third minus that of the first. */
function loadShift(inFlight: readonly number[]): number {
  const third = Math.max(1, Math.floor(inFlight.length / 3));
  return median(inFlight.slice(-third)) - median(inFlight.slice(0, third));
}

function trimmedRegression(
  columns: readonly (readonly number[])[],
  y: readonly number[],
  floors: number,
): RegressionFit | null {
  let kept = y.map((_, index) => index);
  let fit: RegressionFit | null = null;
  for (let round = 0; round < TRIM_ROUNDS; round++) {
    const rows = kept;
    const pick = (column: readonly number[]) => rows.map((index) => column[index] ?? 0);
    fit = multipleRegression(columns.map(pick), pick(y));
    if (fit === null) return null;
    const residuals = residualsOf(fit, columns, y);
    const limit = TRIM_DEVIATIONS * (robustDeviation(residuals) || 1);
    kept = y.flatMap((_, index) => (Math.abs(residuals[index] ?? 0) < limit ? [index] : []));
    if (kept.length < Math.max(MIN_KEPT, MIN_KEPT_SHARE * floors)) break;
  }
  return fit;
}

/** Residuals of all rows, those left out of the fit included. */
function residualsOf(
  fit: RegressionFit,
  columns: readonly (readonly number[])[],
  y: readonly number[],
): number[] {
  return y.map((value, row) =>
    columns.reduce(
      (rest, column, index) => rest - (fit.coefficients[index] ?? 0) * (column[row] ?? 0),
      value,
    ),
  );
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? 0));
}
