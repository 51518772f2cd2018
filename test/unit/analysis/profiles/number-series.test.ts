import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NumberSeries } from '../../../../lib/analysis/profiles/number-series.js';

function seriesOf(values: readonly number[]): NumberSeries {
  const series = new NumberSeries();
  for (const value of values) series.push(value);
  return series;
}

describe('NumberSeries', () => {
  test('interpolates quantiles between neighbors', () => {
    const { min, median, p90, max, mean } = seriesOf([4, 1, 3, 2]).describe();

    expect({ min, median, p90, max, mean }).toEqual({
      min: 1,
      median: 2.5,
      p90: 3.7,
      max: 4,
      mean: 2.5,
    });
  });

  test('is all zero when empty', () => {
    expect(seriesOf([]).describe()).toEqual({ min: 0, max: 0, mean: 0, median: 0, p90: 0, p99: 0 });
  });

  test('keeps every value through growth, in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 200 }),
        (values) => {
          const series = seriesOf(values);

          const { min, max, median, p90, p99 } = series.describe();

          expect(series.length).toBe(values.length);
          expect([min, max]).toEqual([Math.min(...values), Math.max(...values)]);
          expect(min <= median && median <= p90 && p90 <= p99 && p99 <= max).toBe(true);
        },
      ),
    );
  });
});
