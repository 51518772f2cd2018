import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lag1Autocorrelation } from '../../../../lib/analysis/statistics/autocorrelation.js';
import { bestHinge } from '../../../../lib/analysis/statistics/hinge.js';
import { robustDeviation } from '../../../../lib/analysis/statistics/scatter.js';
import { gaussian } from './gaussian.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('scatter, memory and bends of a series', () => {
  test('the robust deviation estimates that of normal noise and ignores outliers', () => {
    const values = range(4_000).map(gaussian(1));
    const spoiled = values.map((value, index) => (index % 4 === 0 ? 1e12 : value));

    expect(robustDeviation(values)).toBeCloseTo(1, 1);
    expect(robustDeviation(spoiled)).toBeLessThan(2.5);
    expect(robustDeviation([])).toBe(0);
  });

  test('lag-1 autocorrelation is near 1 for a ramp, below 0 for a zigzag, 0 for a constant', () => {
    expect(lag1Autocorrelation(range(100))).toBeGreaterThan(0.95);
    expect(lag1Autocorrelation(range(100).map((index) => index % 2))).toBeLessThan(-0.95);
    expect(lag1Autocorrelation([7, 7, 7])).toBe(0);
    expect(lag1Autocorrelation([])).toBe(0);
  });

  test('the best hinge finds the bend of two lines', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 30 }), (bend) => {
        const x = range(40).map((index) => 100 * index);
        const y = range(40).map((index) => 50 * Math.min(index, bend) + 2 * index);

        expect(bestHinge(x, y)).toBe(100 * bend);
      }),
    );
  });

  test('there is no hinge in a series that is too short or does not move along x', () => {
    expect(bestHinge(range(7), range(7))).toBeUndefined();
    expect(bestHinge(new Array<number>(20).fill(3), range(20))).toBeUndefined();
  });
});
