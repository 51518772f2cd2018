import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  pairwiseSlopes,
  slopeInterval,
  theilSenSlope,
} from '../../../../lib/analysis/statistics/theil-sen.js';
import { gaussian } from './gaussian.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const series = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 60 });

describe('the Theil-Sen slope', () => {
  test('is not moved by a minority of outliers', () => {
    const y = range(21).map((index) => (index % 5 === 0 ? 1e9 : 3 * index));

    expect(theilSenSlope(range(21), y)).toBeCloseTo(3, 10);
  });

  test('follows the scale of y and the inverse scale of x, and ignores shifts', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: -1e6, max: 1e6 }), (y, shift) => {
        const x = range(y.length);
        const slope = theilSenSlope(x, y);

        const shifted = theilSenSlope(
          x.map((value) => value + shift),
          y.map((value) => value + shift),
        );
        const stretched = theilSenSlope(
          x.map((value) => value * 4),
          y,
        );

        expect(shifted).toBe(slope);
        expect(stretched).toBe(slope / 4);
      }),
    );
  });

  test('leaves out pairs at the same x, and is 0 when there is no other', () => {
    expect(theilSenSlope([1, 1, 2], [0, 100, 10])).toBe((10 - 90) / 2);
    expect(theilSenSlope([5, 5, 5], [1, 2, 3])).toBe(0);
    expect(theilSenSlope([], [])).toBe(0);
  });

  test('does not compare points of different levels', () => {
    const slope = theilSenSlope([0, 1, 2, 3, 4, 5], [10, 12, 14, 0, 2, 4], [1, 1, 1, 2, 2, 2]);

    expect(slope).toBe(2);
    expect(theilSenSlope([0, 1, 2], [5, 1, 9], [1, 2, 3])).toBe(0);
  });

  test('lies within its interval, which widens with autocorrelation', () => {
    fc.assert(
      fc.property(series, (y) => {
        const slopes = pairwiseSlopes(range(y.length), y);
        const slope = theilSenSlope(range(y.length), y);

        const [low, high] = slopeInterval(slopes, 1);
        const [lower, higher] = slopeInterval(slopes, 3);

        expect(low).toBeLessThanOrEqual(slope);
        expect(high).toBeGreaterThanOrEqual(slope);
        expect(lower).toBeLessThanOrEqual(low);
        expect(higher).toBeGreaterThanOrEqual(high);
      }),
    );
  });

  test('has no bounds when the points are too few for any', () => {
    const interval = slopeInterval(pairwiseSlopes([0, 1, 2], [0, 1, 5]), 1);

    expect(interval).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  test('has an interval that covers the truth in 95 of 100 noisy series', () => {
    const covered = range(400).filter((seed) => {
      const noise = gaussian(seed);
      const y = range(30).map((index) => 2 * index + 10 * noise());
      const [low, high] = slopeInterval(pairwiseSlopes(range(30), y), 1);
      return low <= 2 && 2 <= high;
    }).length;

    expect(covered).toBeGreaterThan(400 * 0.92);
    expect(covered).toBeLessThan(400 * 0.98);
  });
});
