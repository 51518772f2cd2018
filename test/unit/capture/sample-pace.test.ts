import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SamplePace } from '../../../lib/capture/sample-pace.js';

const KIB = 1024;
const MIB = 1024 * 1024;

/** The interval of each second of a service that allocates as many bytes in each as `perSecond` says. */
function intervals(pace: SamplePace, perSecond: readonly number[], live = 50 * MIB): number[] {
  let allocated = 0;
  return perSecond.map((bytes, second) => {
    allocated += bytes;
    pace.update({ now: (second + 1) * 1000, allocated, live, isCrowded: false });
    return pace.intervalBytes;
  });
}

function newPace(maxSamplesPerSecond = 500): SamplePace {
  return new SamplePace(
    { sampleIntervalBytes: 8 * KIB, maxSamplesPerSecond },
    { now: 0, allocated: 0, live: 0, isCrowded: false },
  );
}

describe('SamplePace', () => {
  test('leaves the interval to a service that allocates little', () => {
    const seen = intervals(newPace(), Array(600).fill(3.9 * MIB));

    expect(new Set(seen)).toEqual(new Set([8 * KIB]));
  });

  test('lets a burst pass', () => {
    const seen = intervals(newPace(), [75 * MIB, ...Array(59).fill(MIB)]);

    expect(new Set(seen)).toEqual(new Set([8 * KIB]));
  });

  test('makes the interval four times as long until a busy service has few enough samples', () => {
    const seen = intervals(newPace(), Array(60).fill(120 * MIB));

    expect([...new Set(seen)]).toEqual([32 * KIB, 128 * KIB, 512 * KIB]);
    expect(seen.filter((interval) => interval < 512 * KIB).length).toBeLessThan(30);
  });

  test('makes the interval longer for a heap that holds too many samples', () => {
    const seen = intervals(newPace(), Array(30).fill(MIB), 500 * MIB);

    expect(seen.at(-1)).toBe(32 * KIB);
  });

  test('never makes the interval shorter, nor asks for more than the sampler takes', () => {
    const bytes = fc.array(fc.double({ min: 0, max: 1e15, noNaN: true }), { maxLength: 100 });

    fc.assert(
      fc.property(bytes, (perSecond) => {
        const seen = intervals(newPace(10), perSecond);

        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.every((value) => value >= 8 * KIB && value <= 2 ** 30)).toBe(true);
      }),
    );
  });

  test('keeps the samples of a heap that is more than half full for a minute', () => {
    const pace = newPace();

    const changes = Array.from({ length: 62 }, (_, second) =>
      pace.update({
        now: second * 1000,
        allocated: second * 120 * MIB,
        live: 50 * MIB,
        isCrowded: true,
      }),
    );

    expect(changes.indexOf(true)).toBe(60);
  });

  test('changes a few times at most, however the load rises', () => {
    const seen = intervals(
      newPace(),
      Array.from({ length: 3600 }, (_, second) => second * MIB),
    );

    expect(new Set(seen).size).toBeLessThanOrEqual(6);
  });
});
