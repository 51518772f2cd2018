import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  multipleRegression,
  nonNegativeRegression,
} from '../../../../lib/analysis/statistics/least-squares.js';

const ones = (count: number) => new Array<number>(count).fill(1);

describe('multiple regression', () => {
  test('fits a line with its standard errors', () => {
    const x = [1, 2, 3, 4, 5];
    const y = [2.1, 3.9, 6.2, 7.8, 10.1];

    const fit = multipleRegression([ones(5), x], y);

    // By hand: residual variance 0.107 / 3, mean of x 3, sum of its squared deviations 10.
    expect(fit?.coefficients[0]).toBeCloseTo(0.05, 10);
    expect(fit?.coefficients[1]).toBeCloseTo(1.99, 10);
    expect(fit?.standardErrors[0]).toBeCloseTo(Math.sqrt((0.107 / 3) * (1 / 5 + 9 / 10)), 10);
    expect(fit?.standardErrors[1]).toBeCloseTo(Math.sqrt(0.107 / 3 / 10), 10);
    expect(fit?.residualSumOfSquares).toBeCloseTo(0.107, 10);
  });

  test('recovers the coefficients of exact data', () => {
    const coefficient = fc.integer({ min: -1_000, max: 1_000 });
    const rows = fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { minLength: 5, maxLength: 30 });
    fc.assert(
      fc.property(coefficient, coefficient, rows, (a, b, pairs) => {
        const columns = [ones(pairs.length), pairs.map(([u]) => u), pairs.map(([, v]) => v)];
        const y = pairs.map(([u, v]) => 7 + a * u + b * v);

        const fit = multipleRegression(columns, y);

        if (fit === null) return;
        expect(fit.coefficients[1]).toBeCloseTo(a, 3);
        expect(fit.coefficients[2]).toBeCloseTo(b, 3);
      }),
    );
  });

  test('does not depend on the units of a column', () => {
    const x = [0, 1, 4, 9, 16, 20];
    const y = [1, 3, 2, 8, 12, 17];

    const inBytes = multipleRegression([ones(6), x.map((value) => value * 2 ** 40)], y);
    const plain = multipleRegression([ones(6), x], y);

    expect((inBytes?.coefficients[1] ?? 0) * 2 ** 40).toBeCloseTo(plain?.coefficients[1] ?? 1, 10);
    expect((inBytes?.standardErrors[1] ?? 0) * 2 ** 40).toBeCloseTo(
      plain?.standardErrors[1] ?? 1,
      10,
    );
  });

  test('refuses columns that depend on each other, and values that are not finite', () => {
    const x = [1, 2, 3, 4];

    expect(multipleRegression([x, x.map((value) => 2 * value)], [1, 2, 3, 5])).toBeNull();
    expect(multipleRegression([[0, 0, 0, 0]], [1, 2, 3, 5])).toBeNull();
    expect(multipleRegression([x], [1, Number.NaN, 3, 5])).toBeNull();
    expect(multipleRegression([[1, Number.POSITIVE_INFINITY, 3, 4]], [1, 2, 3, 5])).toBeNull();
    expect(multipleRegression([[]], [])).toBeNull();
  });

  test('has infinite standard errors when there are no more observations than columns', () => {
    const fit = multipleRegression([ones(2), [1, 2]], [3, 5]);

    expect(fit?.coefficients[1]).toBeCloseTo(2, 10);
    expect(fit?.standardErrors).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});

describe('non-negative regression', () => {
  test('drops the column that would be negative and fits the rest again', () => {
    const leaking = [10, 20, 30, 10, 40, 20];
    const idle = [5, 1, 2, 8, 1, 3];
    const y = leaking.map((count, row) => 100 * count - 50 * (idle[row] ?? 0));

    const fit = nonNegativeRegression({ columns: [leaking, idle], y, free: new Set() });

    expect(fit?.active).toEqual([0]);
    expect(fit?.coefficients[1]).toBe(0);
    expect(fit?.coefficients[0]).toBeGreaterThan(80);
  });

  test('lets a free column be negative', () => {
    const fit = nonNegativeRegression({
      columns: [
        [1, 2, 3, 4, 5],
        [1, -1, 2, -2, 1],
      ],
      y: [8, 23, 24, 46, 48],
      free: new Set([1]),
    });

    expect(fit?.active).toEqual([0, 1]);
    expect(fit?.coefficients[1]).toBeLessThan(0);
  });

  test('drops the last of columns that cannot be told apart', () => {
    const fit = nonNegativeRegression({
      columns: [
        [1, 2, 3, 4],
        [2, 4, 6, 8],
      ],
      y: [3, 6, 9, 12],
      free: new Set(),
    });

    expect(fit?.active).toEqual([0]);
    expect(fit?.coefficients[0]).toBeCloseTo(3, 10);
  });

  test('explains nothing by nothing when everything falls', () => {
    const fit = nonNegativeRegression({ columns: [[1, 2, 3]], y: [-1, -2, -3], free: new Set() });

    expect(fit?.active).toEqual([]);
    expect(fit?.coefficients).toEqual([0]);
    expect(fit?.residuals).toEqual([-1, -2, -3]);
  });

  test('never gives a bound column a negative coefficient, whatever the data', () => {
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    const rows = fc.array(fc.tuple(value, value, value, value), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(rows, (data) => {
        const columns = [0, 1, 2].map((column) => data.map((row) => row[column] ?? 0));
        const y = data.map((row) => row[3]);

        const fit = nonNegativeRegression({ columns, y, free: new Set([2]) });

        for (const coefficient of fit?.coefficients.slice(0, 2) ?? []) {
          expect(coefficient).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('refuses values that are not finite', () => {
    const problem = { columns: [[1, 2]], y: [1, Number.NaN], free: new Set<number>() };

    expect(nonNegativeRegression(problem)).toBeNull();
  });
});
