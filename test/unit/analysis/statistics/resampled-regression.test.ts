import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nonNegativeRegression } from '../../../../lib/analysis/statistics/least-squares.js';
import { ResampledRegression } from '../../../../lib/analysis/statistics/resampled-regression.js';
import { gaussian } from './gaussian.js';

const ROWS = 40;
const LOAD = 3;

/** Four columns, one of them free, and a response that the first and the free one explain. */
function problem(seed: number) {
  const random = gaussian(seed);
  const column = () => Array.from({ length: ROWS }, () => Math.round(10 * Math.abs(random())));
  const columns = [column(), column(), column(), column().map((value) => value - 5)];
  const y = columns[0]?.map((value, row) => 3 * value - 2 * (columns[LOAD]?.[row] ?? 0) + random());
  return { columns, y: y ?? [], free: new Set([LOAD]) };
}

test('a resampled regression finds the coefficients of the repeated rows', () => {
  const counts = fc.array(fc.nat(3), { minLength: ROWS, maxLength: ROWS });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), counts, (seed, repeats) => {
      const { columns, y, free } = problem(seed);
      const rows = repeats.flatMap((count, row) => Array.from({ length: count }, () => row));
      fc.pre(new Set(rows).size > 8);
      const repeated = (values: readonly number[]) => rows.map((row) => values[row] ?? 0);

      const expected = nonNegativeRegression({
        columns: columns.map(repeated),
        y: repeated(y),
        free,
      });
      const found = new ResampledRegression({ columns, y, free }).coefficients(
        Uint32Array.from(repeats),
      );

      found.forEach((value, index) => {
        expect(value).toBeCloseTo(expected?.coefficients[index] ?? Number.NaN, 6);
      });
    }),
  );
});

test('a resampled regression leaves out a column that another one repeats, and one of zeros', () => {
  const x = [1, 2, 3, 4];
  const regression = new ResampledRegression({
    columns: [x, x, [0, 0, 0, 0]],
    y: [2, 4, 6, 8],
    free: new Set(),
  });

  const found = regression.coefficients(Uint32Array.of(1, 1, 1, 1));

  expect(found.map((value) => Math.round(value * 1e9) / 1e9)).toEqual([2, 0, 0]);
});
