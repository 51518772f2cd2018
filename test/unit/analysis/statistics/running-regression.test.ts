import fc from 'fast-check';
import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';
import { describe, expect, test } from 'vitest';
import { RunningRegression } from '../../../../lib/analysis/statistics/running-regression.js';
import { studentUpperTail } from '../../../../lib/analysis/statistics/t-distribution.js';

describe("Student's t distribution", () => {
  test.each([
    [1.812461, 0.05],
    [2.228139, 0.025],
    [3.169273, 0.005],
    [-2.228139, 0.975],
    [0, 0.5],
  ])('has the critical values of the tables: %f with 10 degrees of freedom', (t, tail) => {
    expect(studentUpperTail(t, 10)).toBeCloseTo(tail, 6);
  });

  test('agrees with the closed forms of one and two degrees of freedom', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (t) => {
        expect(studentUpperTail(t, 1)).toBeCloseTo(0.5 - Math.atan(t) / Math.PI, 8);
        expect(studentUpperTail(t, 2)).toBeCloseTo(0.5 - t / (2 * Math.sqrt(2 + t * t)), 8);
      }),
    );
  });

  test('approaches the normal distribution', () => {
    expect(studentUpperTail(1.6448536, 1e7)).toBeCloseTo(0.05, 6);
    expect(studentUpperTail(1.959964, 1e7)).toBeCloseTo(0.025, 6);
  });

  test('is a probability that falls with t, for any arguments', () => {
    const freedom = fc.double({ min: 1e-3, max: 1e7, noNaN: true });
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.double({ noNaN: true }), freedom, (a, b, df) => {
        const low = studentUpperTail(Math.min(a, b), df);
        const high = studentUpperTail(Math.max(a, b), df);

        expect(low).toBeLessThanOrEqual(1);
        expect(high).toBeGreaterThanOrEqual(0);
        expect(low).toBeGreaterThanOrEqual(high - 1e-9);
      }),
    );
  });

  test('gives no evidence without a degree of freedom or a number', () => {
    expect(studentUpperTail(10, 0)).toBe(0.5);
    expect(studentUpperTail(10, -1)).toBe(0.5);
    expect(studentUpperTail(Number.NaN, 5)).toBe(0.5);
  });
});

describe('the running regression', () => {
  test('agrees with the regression of all pairs at once', () => {
    const pair = fc.tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 1_000 }));
    fc.assert(
      fc.property(fc.array(pair, { minLength: 3, maxLength: 50 }), (pairs) => {
        fc.pre(new Set(pairs.map(([x]) => x)).size > 1);
        fc.pre(new Set(pairs.map(([, y]) => y)).size > 1);
        const line = linearRegression(pairs);
        const running = new RunningRegression();

        for (const [x, y] of pairs) running.add(x, y);

        expect(running.fit().slope).toBeCloseTo(line.m, 8);
        expect(running.fit().rSquared).toBeCloseTo(rSquared(pairs, linearRegressionLine(line)), 8);
      }),
    );
  });

  test('keeps its precision over a million large values', () => {
    const running = new RunningRegression();

    for (let index = 0; index < 1_000_000; index++) running.add(index, 1e12 + 0.5 * index);

    expect(running.fit().slope).toBeCloseTo(0.5, 9);
    expect(running.fit().rSquared).toBeCloseTo(1, 9);
  });

  test('tests the slope against the t distribution', () => {
    const running = new RunningRegression();

    [2.1, 3.9, 6.2, 7.8, 10.1].forEach((y, index) => {
      running.add(index + 1, y);
    });

    // t = 1.99 / 0.05972 with 3 degrees of freedom, whose tail has a closed form.
    const angle = Math.atan(1.99 / Math.sqrt(0.107 / 3 / 10) / Math.sqrt(3));
    const tail = 0.5 - (angle + Math.sin(angle) * Math.cos(angle)) / Math.PI;
    expect(running.fit().pValue).toBeCloseTo(2 * tail, 10);
  });

  test('has no slope to test without two different x and y', () => {
    const none = new RunningRegression();
    const constant = new RunningRegression();
    for (let index = 0; index < 5; index++) constant.add(index, 3);

    expect(none.fit()).toEqual({ slope: 0, rSquared: 0, pValue: 1 });
    expect(constant.fit()).toEqual({ slope: 0, rSquared: 0, pValue: 1 });
    expect(constant.deviation).toBe(0);
  });
});
