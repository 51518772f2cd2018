import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampledInterval } from '../../../lib/core/sampled-interval.js';

/** What a sampler with that interval makes of `samples` samples. */
const estimated = (samples: number, intervalBytes: number) =>
  [samples * intervalBytes, Math.sqrt(samples) * intervalBytes] as const;

test('widens upwards where few samples were taken, and closes around many', () => {
  const [low, high] = sampledInterval(...estimated(2, 100));
  const [lower, upper] = sampledInterval(...estimated(10_000, 100));

  expect([Math.round(low), Math.round(high)]).toEqual([55, 729]);
  expect([Math.round(lower / 100), Math.round(upper / 100)]).toEqual([9806, 10_198]);
});

test('has ends from which the estimate is 1.96 of their deviations away, whatever was sampled', () => {
  const samples = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(samples, fc.integer({ min: 1024, max: 2 ** 30 }), (samples, interval) => {
      const [estimate, deviation] = estimated(samples, interval);

      const ends = sampledInterval(estimate, deviation);

      for (const end of ends) {
        expect(Math.abs(estimate - end) / Math.sqrt(end * interval)).toBeCloseTo(1.96, 6);
      }
    }),
  );
});

test('says nothing of what was never sampled', () => {
  expect(sampledInterval(0, 0)).toEqual([0, 0]);
});
