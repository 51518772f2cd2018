import { solveLinearSystem } from './linear-system.js';

/** A column of observations. */
export type Column = readonly number[];

/** A least-squares fit. */
export interface RegressionFit {
  /** One per column, in the order of the columns. */
  readonly coefficients: readonly number[];
  /** Standard error of each coefficient; infinite when there are no more observations than columns. */
  readonly standardErrors: readonly number[];
  readonly residuals: readonly number[];
  readonly residualSumOfSquares: number;
}

/** A fit whose coefficients were kept from being negative. */
export interface NonNegativeFit extends RegressionFit {
  /** Indices of the columns that stayed in the model; the others have coefficient and standard error 0. */
  readonly active: readonly number[];
}

// Columns are scaled to a mean square of 1, so pivots are at most the number of observations. Below this share of it
// a column is a combination of the others, within rounding.
const SINGULAR_PIVOT_SHARE = 1e-10;

/**
 * Ordinary least squares of `y` on `columns`, through the origin: pass a column of ones for an intercept.
 *
 * Solves the normal equations of scaled columns: exact enough for the few well-scaled columns of this library, not for
 * high polynomials. Standard errors assume independent residuals of equal variance. Without columns, the residuals are
 * `y`. Returns `null` when there is no observation, or the columns are linearly dependent or hold a NaN or an infinity.
 */
export function multipleRegression(columns: readonly Column[], y: Column): RegressionFit | null {
  return fitColumns(
    normalEquations(columns, y),
    columns.map((_, index) => index),
  );
}

/** The products that all fits of `y` on some of the columns are made of. */
interface NormalEquations {
  readonly columns: readonly Column[];
  readonly y: Column;
  /** What the columns are divided by: their root mean squares. */
  readonly scales: readonly number[];
  readonly products: readonly (readonly number[])[];
  readonly right: readonly number[];
}

function normalEquations(columns: readonly Column[], y: Column): NormalEquations {
  const scales = columns.map((column) => Math.sqrt(dot(column, column) / y.length) || 1);
  const scaled = columns.map((column, index) =>
    column.map((value) => value / (scales[index] ?? 1)),
  );
  return {
    columns,
    y,
    scales,
    products: scaled.map((a) => scaled.map((b) => dot(a, b))),
    right: scaled.map((column) => dot(column, y)),
  };
}

function fitColumns(equations: NormalEquations, active: readonly number[]): RegressionFit | null {
  const { y, products, right } = equations;
  const n = y.length;
  if (n === 0) return null;
  const pick = (values: readonly number[]) => active.map((index) => values[index] ?? Number.NaN);
  const scales = pick(equations.scales);
  const columns = active.map((index) => equations.columns[index] ?? []);
  const solved = solveLinearSystem({
    matrix: active.map((index) => pick(products[index] ?? [])),
    right: pick(right),
    tolerance: SINGULAR_PIVOT_SHARE * n,
  });
  if (solved === null) return null;

  const coefficients = solved.solution.map((value, index) => value / (scales[index] ?? 1));
  const residuals = y.map((value, row) => value - predict(columns, coefficients, row));
  const residualSumOfSquares = dot(residuals, residuals);
  if (!Number.isFinite(residualSumOfSquares)) return null;
  const freedom = n - columns.length;
  const standardErrors = solved.inverseDiagonal.map((value, index) => {
    if (freedom <= 0) return Number.POSITIVE_INFINITY;
    const variance = (residualSumOfSquares / freedom) * Math.max(0, value);
    return Math.sqrt(variance) / (scales[index] ?? 1);
  });
  return { coefficients, standardErrors, residuals, residualSumOfSquares };
}

/**
 * Least squares with coefficients that may not be negative, except those of the columns in `free`.
 *
 * Backward elimination: the column whose coefficient is the most significantly negative leaves, and the rest is fitted
 * again. A heuristic for the exact active-set solution that keeps the standard errors of an ordinary regression. Among
 * linearly dependent columns the last that is not free leaves. Returns `null` when there is no observation, a value is
 * not finite, or the free columns depend on each other.
 */
export function nonNegativeRegression(problem: {
  readonly columns: readonly Column[];
  readonly y: Column;
  /** Indices of the columns whose coefficient may be negative. */
  readonly free: ReadonlySet<number>;
}): NonNegativeFit | null {
  const { columns, y, free } = problem;
  const equations = normalEquations(columns, y);
  let active = columns.map((_, index) => index);
  for (;;) {
    const fit = fitColumns(equations, active);
    const leaving =
      fit === null ? active.findLast((index) => !free.has(index)) : mostNegative(fit, active, free);
    if (leaving === undefined) return fit === null ? null : spread(fit, active, columns.length);
    active = active.filter((index) => index !== leaving);
  }
}

/** The bound column whose coefficient is the most standard errors below zero. */
function mostNegative(
  fit: RegressionFit,
  active: readonly number[],
  free: ReadonlySet<number>,
): number | undefined {
  let worst: number | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  active.forEach((column, position) => {
    const coefficient = fit.coefficients[position] ?? 0;
    if (free.has(column) || !(coefficient < 0)) return;
    // Infinite for an exact fit, and 0 when the error is not known: every negative coefficient ranks.
    const t = coefficient / (fit.standardErrors[position] ?? 0) || 0;
    if (t < lowest) {
      lowest = t;
      worst = column;
    }
  });
  return worst;
}

function spread(fit: RegressionFit, active: readonly number[], count: number): NonNegativeFit {
  const coefficients = new Array<number>(count).fill(0);
  const standardErrors = new Array<number>(count).fill(0);
  active.forEach((column, position) => {
    coefficients[column] = fit.coefficients[position] ?? 0;
    standardErrors[column] = fit.standardErrors[position] ?? 0;
  });
  return { ...fit, coefficients, standardErrors, active };
}

function predict(columns: readonly Column[], coefficients: readonly number[], row: number): number {
  let sum = 0;
  for (let index = 0; index < columns.length; index++) {
    sum += (coefficients[index] ?? 0) * (columns[index]?.[row] ?? 0);
  }
  return sum;
}

function dot(a: Column, b: Column): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
