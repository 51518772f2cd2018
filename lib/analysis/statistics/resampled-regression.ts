import type { Column } from './least-squares.js';

// Columns are scaled to a mean square of 1. A pivot below this share of the rows is a combination of columns before it.
const SINGULAR_PIVOT_SHARE = 1e-10;

/**
 * The same regression on many samples of its rows, for a bootstrap: least squares through the origin with coefficients
 * that may not be negative, except those of the columns in `free`.
 *
 * Finds what `nonNegativeRegression` finds, by the sweep operator on the matrix of products: taking a column out of the
 * model costs the square of the columns instead of a new fit. A column that depends on others has coefficient 0.
 */
export class ResampledRegression {
  readonly #width: number;
  readonly #scales: readonly number[];
  /** Scaled rows, `y` last, one after the other. */
  readonly #rows: Float64Array;
  readonly #matrix: Float64Array;
  /** Indices of the columns, the free ones first: among dependent columns the later ones are left out. */
  readonly #order: readonly number[];
  readonly #free: ReadonlySet<number>;

  constructor(problem: {
    readonly columns: readonly Column[];
    readonly y: Column;
    readonly free: ReadonlySet<number>;
  }) {
    const { columns, y, free } = problem;
    const width = columns.length + 1;
    this.#width = width;
    this.#scales = columns.map((column) => rootMeanSquare(column) || 1);
    this.#rows = new Float64Array(y.length * width);
    this.#matrix = new Float64Array(width * width);
    this.#order = columns.map((_, index) => index).sort((a, b) => +free.has(b) - +free.has(a));
    this.#free = free;
    [...columns, y].forEach((column, index) => {
      const scale = this.#scales[index] ?? 1;
      column.forEach((value, row) => {
        this.#rows[row * width + index] = value / scale;
      });
    });
  }

  /** Coefficients by column, where each row counts as often as `counts` says. */
  coefficients(counts: Uint32Array): readonly number[] {
    this.#multiply(counts);
    const least = SINGULAR_PIVOT_SHARE * counts.length;
    const active = new Set(this.#order.filter((column) => this.#enter(column, least)));
    for (;;) {
      const leaving = this.#mostNegative(active);
      if (leaving === undefined) break;
      this.#sweep(leaving);
      active.delete(leaving);
    }
    return this.#scales.map((scale, column) =>
      active.has(column) ? this.#coefficient(column) / scale : 0,
    );
  }

  /** The products of all columns with each other, summed over the sample. */
  #multiply(counts: Uint32Array): void {
    const [width, rows, matrix] = [this.#width, this.#rows, this.#matrix];
    matrix.fill(0);
    for (let row = 0; row < counts.length; row++) {
      const count = counts[row] ?? 0;
      if (count === 0) continue;
      const start = row * width;
      for (let i = 0; i < width; i++) {
        const value = count * (rows[start + i] ?? 0);
        if (value === 0) continue;
        for (let j = 0; j < width; j++) {
          matrix[i * width + j] = (matrix[i * width + j] ?? 0) + value * (rows[start + j] ?? 0);
        }
      }
    }
  }

  #enter(column: number, least: number): boolean {
    const pivot = this.#matrix[column * this.#width + column] ?? 0;
    if (!(pivot > least)) return false;
    this.#sweep(column);
    return true;
  }

  /** Takes a column into the model, or, the second time, out of it. */
  #sweep(column: number): void {
    const [width, matrix] = [this.#width, this.#matrix];
    const start = column * width;
    const pivot = matrix[start + column] ?? 1;
    for (let j = 0; j < width; j++) matrix[start + j] = (matrix[start + j] ?? 0) / pivot;
    for (let i = 0; i < width; i++) {
      const factor = matrix[i * width + column] ?? 0;
      if (i === column || factor === 0) continue;
      for (let j = 0; j < width; j++) {
        matrix[i * width + j] = (matrix[i * width + j] ?? 0) - factor * (matrix[start + j] ?? 0);
      }
      matrix[i * width + column] = -factor / pivot;
    }
    matrix[start + column] = 1 / pivot;
  }

  /** The column whose coefficient is the most standard errors below zero, of those that may not be. */
  #mostNegative(active: ReadonlySet<number>): number | undefined {
    let worst: number | undefined;
    let lowest = 0;
    for (const column of active) {
      if (this.#free.has(column)) continue;
      const variance = this.#matrix[column * this.#width + column] ?? 0;
      const t = this.#coefficient(column) / Math.sqrt(Math.max(Number.MIN_VALUE, variance));
      if (t < lowest) {
        lowest = t;
        worst = column;
      }
    }
    return worst;
  }

  #coefficient(column: number): number {
    return this.#matrix[column * this.#width + this.#width - 1] ?? 0;
  }
}

function rootMeanSquare(column: Column): number {
  return Math.sqrt(column.reduce((sum, value) => sum + value * value, 0) / column.length);
}
