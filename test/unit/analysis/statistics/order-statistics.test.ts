import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OrderStatistics } from '../../../../lib/analysis/statistics/order-statistics.js';

describe('order statistics', () => {
  test('are what sorting gives, in whatever order they are asked for', () => {
    const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
    const numbers = fc.array(number, { maxLength: 200 });
    const ranks = fc.array(fc.integer({ min: -1, max: 200 }), { maxLength: 6 });
    fc.assert(
      fc.property(numbers, ranks, (values, asked) => {
        const sorted = Float64Array.from(values).sort();

        const ranked = new OrderStatistics(Float64Array.from(values));

        expect(asked.map((rank) => ranked.at(rank))).toEqual(asked.map((rank) => sorted[rank]));
      }),
    );
  });
});
