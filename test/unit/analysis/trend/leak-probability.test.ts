import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leakProbability } from '../../../../lib/analysis/trend/leak-probability.js';

describe('the probability that growth is a leak', () => {
  test.each([
    [0, 0.62],
    [200, 0.62],
    [1_000, 0.73],
    [5_000, 0.9],
    [20_000, 0.99],
    [1_000_000_000, 0.99],
  ])('is what was measured: after %i requests %f', (requests, probability) => {
    expect(leakProbability(requests)).toBeCloseTo(probability, 10);
  });

  test('rises with the number of requests', () => {
    const requests = fc.nat(100_000);
    fc.assert(
      fc.property(requests, requests, (a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)];

        expect(leakProbability(few)).toBeLessThanOrEqual(leakProbability(many));
      }),
    );
  });
});
