import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordAllowance } from '../../../lib/capture/record-allowance.js';

/** The times of those requests that may have a record. */
function taken(allowance: RecordAllowance, times: readonly number[]): number[] {
  return times.filter((time) => allowance.take(time));
}

/** Times of requests that come at that rate, in ms. */
function steady(perSecond: number, seconds: number): number[] {
  return Array.from({ length: perSecond * seconds }, (_, n) => (n * 1000) / perSecond);
}

test('a quiet endpoint keeps every record', () => {
  const requests = steady(50, 60);

  const records = taken(new RecordAllowance({ perSecond: 50, burst: 10 }), requests);

  expect(records).toEqual(requests);
});

test('a busy endpoint keeps a burst, and then as many as are allowed, spread evenly', () => {
  const records = taken(new RecordAllowance({ perSecond: 50, burst: 100 }), steady(5000, 10));

  const later = records.slice(110);
  const gaps = later.slice(1).map((time, n) => time - (later[n] ?? 0));
  expect(Math.abs(records.length - (100 + 10 * 50))).toBeLessThanOrEqual(1);
  expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThan(1);
});

test('a quiet time earns the burst again, and no more', () => {
  const allowance = new RecordAllowance({ perSecond: 10, burst: 5 });
  const rush = (at: number) => taken(allowance, Array(20).fill(at)).length;

  expect([rush(0), rush(100), rush(300), rush(3_600_000)]).toEqual([5, 1, 2, 5]);
});

test('no stretch of time has more records than its burst and its rate allow, whatever comes', () => {
  const times = fc
    .array(fc.double({ min: 0, max: 60_000, noNaN: true }), { maxLength: 300 })
    .map((values) => values.toSorted((a, b) => a - b));
  const rate = fc.record({
    perSecond: fc.integer({ min: 1, max: 100 }),
    burst: fc.integer({ min: 1, max: 20 }),
  });
  fc.assert(
    fc.property(times, rate, (times, { perSecond, burst }) => {
      const records = taken(new RecordAllowance({ perSecond, burst }), times);

      records.forEach((start, first) => {
        records.slice(first).forEach((end, count) => {
          const allowed = burst + ((end - start) * perSecond) / 1000;
          expect(count + 1).toBeLessThanOrEqual(allowed + 1e-6);
        });
      });
    }),
  );
});

test('a clock that stands still or goes back gives no more than the burst', () => {
  const allowance = new RecordAllowance({ perSecond: 1000, burst: 3 });

  expect(taken(allowance, [1000, 1000, 500, 0, 1000, 999])).toHaveLength(3);
});

test('tells for how long a record has been possible', () => {
  const allowance = new RecordAllowance({ perSecond: 10, burst: 1 });
  allowance.take(1000);

  const overdue = [1000, 1100, 1250].map((now) => allowance.overdueMs(now));

  expect(overdue).toEqual([-100, 0, 150]);
});
