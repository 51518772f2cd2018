/** The solution of a linear system, and of its inverse matrix what standard errors need. */
export interface SolvedSystem {
  readonly solution: readonly number[];
  readonly inverseDiagonal: readonly number[];
}

interface Row {
  readonly left: number[];
  readonly inverse: number[];
  right: number;
}

/**
 * Solves `matrix * solution = right` by Gauss-Jordan elimination with partial pivoting.
 *
 * Returns `null` when a pivot is not above `tolerance`: the columns depend on each other. For systems of a few unknowns.
 */
export function solveLinearSystem(system: {
  readonly matrix: readonly (readonly number[])[];
  readonly right: readonly number[];
  readonly tolerance: number;
}): SolvedSystem | null {
  const rows = augmentedRows(system.matrix, system.right);
  for (let column = 0; column < rows.length; column++) {
    const pivot = takePivot(rows, column);
    const value = pivot?.left[column] ?? 0;
    // Written so that a NaN pivot is refused too.
    if (pivot === undefined || !(Math.abs(value) > system.tolerance)) return null;
    divide(pivot, value);
    for (const row of rows) {
      if (row !== pivot) addMultiple(row, pivot, -(row.left[column] ?? 0));
    }
  }
  return {
    solution: rows.map((row) => row.right),
    inverseDiagonal: rows.map((row, index) => row.inverse[index] ?? Number.NaN),
  };
}

function augmentedRows(matrix: readonly (readonly number[])[], right: readonly number[]): Row[] {
  return matrix.map((row, index) => ({
    left: [...row],
    inverse: matrix.map((_, column) => (column === index ? 1 : 0)),
    right: right[index] ?? Number.NaN,
  }));
}

/** Moves the row with the largest entry in `column`, at or below the diagonal, onto the diagonal. */
function takePivot(rows: Row[], column: number): Row | undefined {
  let best = column;
  const size = (index: number) => Math.abs(rows[index]?.left[column] ?? 0);
  for (let index = column + 1; index < rows.length; index++) {
    if (size(index) > size(best)) best = index;
  }
  const [pivot, displaced] = [rows[best], rows[column]];
  if (pivot !== undefined && displaced !== undefined) {
    rows[column] = pivot;
    rows[best] = displaced;
  }
  return pivot;
}

function divide(row: Row, divisor: number): void {
  for (let index = 0; index < row.left.length; index++) {
    row.left[index] = (row.left[index] ?? 0) / divisor;
    row.inverse[index] = (row.inverse[index] ?? 0) / divisor;
  }
  row.right /= divisor;
}

function addMultiple(target: Row, source: Row, factor: number): void {
  if (factor === 0) return;
  for (let index = 0; index < target.left.length; index++) {
    target.left[index] = (target.left[index] ?? 0) + factor * (source.left[index] ?? 0);
    target.inverse[index] = (target.inverse[index] ?? 0) + factor * (source.inverse[index] ?? 0);
  }
  target.right += factor * source.right;
}
