import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  kendallScore,
  kendallVariance,
  mannKendallRiseP,
} from '../../../../lib/analysis/statistics/mann-kendall.js';
import { gaussian } from './gaussian.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const series = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 2, maxLength: 60 });

describe('the Mann-Kendall test', () => {
  test('scores rising pairs against falling pairs', () => {
    expect(kendallScore([1, 2, 3, 4])).toBe(6);
    expect(kendallScore([4, 3, 2, 1])).toBe(-6);
    expect(kendallScore([1, 1, 1])).toBe(0);
  });

  test('gives the normal approximation with continuity correction', () => {
    // S = 33 and variance 125 for ten values: z = 32 / 11.18 = 2.862.
    const values = [1, 2, 3, 4, 5, 6, 10, 9, 8, 7];

    expect(kendallVariance(10)).toBe(125);
    expect(kendallScore(values)).toBe(33);
    expect(mannKendallRiseP(values, 1)).toBeCloseTo(0.0021, 4);
  });

  test('finds no evidence in a constant series, and little in one inflated by autocorrelation', () => {
    const values = range(12);

    expect(mannKendallRiseP([3, 3, 3, 3], 1)).toBe(0.5);
    expect(mannKendallRiseP(values, 4)).toBeGreaterThan(mannKendallRiseP(values, 1));
  });

  test('mirrors: a rise and the fall turned around share one p-value', () => {
    fc.assert(
      fc.property(series, (y) => {
        const rise = mannKendallRiseP(y, 1);
        const fall = mannKendallRiseP([...y].reverse(), 1);

        expect(rise + fall).toBeCloseTo(1, 6);
      }),
    );
  });

  test('rejects white noise at its stated rate', () => {
    const rejected = range(2_000).filter((seed) => {
      const noise = gaussian(seed);
      return mannKendallRiseP(range(25).map(noise), 1) < 0.05;
    }).length;

    expect(rejected).toBeGreaterThan(2_000 * 0.03);
    expect(rejected).toBeLessThan(2_000 * 0.07);
  });
});
