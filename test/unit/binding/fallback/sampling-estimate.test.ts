import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleVariance } from '../../../../lib/binding/fallback/sampling-estimate.js';

const INTERVAL = 131_072;
const size = fc.double({ min: 8, max: 20 * INTERVAL, noNaN: true });

test('the variance of a sample is that of the inverse probability that it was taken with', () => {
  fc.assert(
    fc.property(size, (bytes) => {
      const probability = -Math.expm1(-bytes / INTERVAL);
      const reported = bytes / probability;

      const variance = sampleVariance(reported, INTERVAL);

      const expected = reported ** 2 * (1 - probability);
      expect(Math.abs(variance - expected)).toBeLessThanOrEqual(1e-6 * reported ** 2);
    }),
  );
});

test('a sample of a small object stands for the interval, with the interval as its deviation', () => {
  expect(Math.sqrt(sampleVariance(INTERVAL, INTERVAL))).toBeCloseTo(INTERVAL, 6);
});

test('a report below the interval, which rounding causes, has the variance of the smallest object', () => {
  expect(sampleVariance(0.9 * INTERVAL, INTERVAL)).toBeCloseTo((0.9 * INTERVAL) ** 2, 3);
});

test('an unknown interval gives an upper bound', () => {
  expect(sampleVariance(1000, Number.POSITIVE_INFINITY)).toBe(1_000_000);
});
