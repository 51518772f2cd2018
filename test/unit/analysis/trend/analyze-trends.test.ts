import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FloorPoint } from '../../../../lib/analysis/floor-point.js';
import { analyzeTrends } from '../../../../lib/analysis/trend/analyze-trends.js';
import type { Channel, Trend } from '../../../../lib/core/analysis-result.js';
import { BYTES_PER_MB } from '../../../../lib/core/units.js';
import { floors, noise } from './floors.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the verdict on a series of floors', () => {
  test('a steady rise over many requests is a leak, with its rate, odds and alternative', () => {
    const { heap } = analyzeTrends(floors({ count: 100, heap: (request) => 1_024 * request }));

    expect(heap.verdict).toBe('leak');
    expect(heap.slopeMbPerRequest * BYTES_PER_MB).toBeCloseTo(1_024, -1);
    expect(heap.slopeMbPerHour).toBeCloseTo(heap.slopeMbPerRequest * 100 * 3_600, 6);
    expect(heap.growthConfidence).toBeGreaterThan(0.999);
    expect(heap.leakProbability).toBeCloseTo(0.95, 6);
    expect(heap.ifCache).toMatch(/^If this is a cache, it holds at least 7\.\d+ MB already/);
    expect(heap.evidence.explanation).toContain('rose by 7.');
    expect(heap.belowBytesPerRequest).toBeUndefined();
  });

  test('the same rise over few requests is growing: it may be a cache that fills', () => {
    const rising = floors({ count: 40, step: 50, heap: (request) => 1_024 * request });

    const { heap } = analyzeTrends(rising);

    expect(heap.verdict).toBe('growing');
    expect(heap.leakProbability).toBeLessThan(0.9);
  });

  test('a test that replays its requests may confirm sooner', () => {
    const rising = floors({ count: 40, step: 50, heap: (request) => 1_024 * request });

    const { heap } = analyzeTrends(rising, { confirmAfterRequests: 600 });

    expect(heap.verdict).toBe('leak');
  });

  test('requests that finished after the last floor count towards confirmation', () => {
    const rising = floors({ count: 49, heap: (request) => 1_024 * request });

    expect(analyzeTrends(rising).heap.verdict).toBe('growing');
    expect(analyzeTrends(rising, { requests: 5_000 }).heap.verdict).toBe('leak');
  });

  test('growth of 64 MB is confirmed after any number of requests', () => {
    const { heap } = analyzeTrends(
      floors({ count: 40, step: 50, heap: (request) => 5e4 * request }),
    );

    expect(heap.verdict).toBe('leak');
  });

  test('growth that soon exhausts a small heap is confirmed early; a far projection is not', () => {
    const rising = floors({ count: 40, step: 50, heap: (request) => 4_096 * request });

    const small = analyzeTrends(rising, { limitBytes: 64 * BYTES_PER_MB }).heap;
    const large = analyzeTrends(rising, { limitBytes: 4_096 * BYTES_PER_MB }).heap;

    expect(small.verdict).toBe('leak');
    expect(small.hoursToLimit).toBeLessThan(1);
    expect(large.verdict).toBe('growing');
    expect(large.hoursToLimit).toBeLessThan(24);
  });

  test('growth that began in the last look alone is growing', () => {
    const late = floors({
      count: 100,
      heap: (request) => 8_192 * Math.max(0, request - 9_000),
    });

    const { heap } = analyzeTrends(late);

    expect(heap.verdict).toBe('growing');
    expect(heap.evidence.onsetRequest).toBeGreaterThanOrEqual(7_500);
  });

  test('no growth is stable, with a bound on what may leak', () => {
    const { heap, external } = analyzeTrends(floors({ count: 100 }));

    expect(heap.verdict).toBe('stable');
    expect(heap.leakProbability).toBe(0);
    expect(heap.belowBytesPerRequest).toBeGreaterThan(0);
    expect(heap.belowBytesPerRequest).toBeLessThan(10);
    expect(external.verdict).toBe('stable');
    expect(external.belowBytesPerRequest).toBeGreaterThan(0);
  });

  test('a cache that fills to its bound is a plateau', () => {
    const filling = (request: number) => 4e6 * (1 - Math.exp(-request / 2_500));

    expect(analyzeTrends(floors({ count: 100, heap: filling })).heap.verdict).toBe('plateau');
  });

  test('a leak is confirmed by nine floors, all but the last of which agree', () => {
    const rising = floors({ count: 9, step: 600, heap: (request) => 5_000 * request });

    const { heap } = analyzeTrends(rising);

    expect(heap.verdict).toBe('leak');
  });

  // Recorded from a service of eight endpoints: two leak, and one answers with megabytes that come and go.
  test('growth that holds still for a few floors after a rise is no step', () => {
    const requests = [
      468, 953, 999, 1678, 2415, 2909, 3638, 4369, 4854, 5583, 6074, 6560, 7294, 7785, 8518, 9252,
      9742, 10729, 11219, 11712, 12452, 12944, 13925, 14904, 15391, 16376, 17117, 17609, 18346,
      19076, 19811, 20298, 20784,
    ];
    const heapMb = [
      6.11, 6.65, 4.89, 5.57, 6.1, 5.86, 6.15, 7.3, 6.64, 6.97, 7.19, 7.45, 7.61, 7.82, 7.95, 8.13,
      8.24, 8.99, 9.29, 9.52, 9.59, 9.66, 11.14, 10.83, 10.77, 11.02, 11.44, 11.53, 13.61, 12.98,
      12.15, 12.42, 12.56,
    ];
    const codeMb = [
      2.64, 2.92, 2.93, 3.14, 3.18, 3.2, 3.22, 3.23, 3.24, 3.25, 3.26, 3.32, 3.33, 3.34, 3.36, 3.37,
      3.37, 3.4, 3.4, 3.41, 3.42, 3.44, 3.44, 3.44, 3.44, 3.46, 3.47, 3.47, 3.47, 3.47, 3.47, 3.47,
      3.48,
    ];
    const inFlight = [
      2, 7, 6, 7, 5, 6, 7, 6, 6, 7, 6, 5, 1, 5, 7, 8, 8, 6, 6, 3, 3, 6, 5, 6, 9, 4, 3, 6, 4, 4, 4,
      2, 6,
    ];
    const points = requests.map((request, index) => ({
      request,
      timestamp: request * 4,
      heap: (heapMb[index] ?? 0) * BYTES_PER_MB,
      code: (codeMb[index] ?? 0) * BYTES_PER_MB,
      external: 0,
      native: 0,
      inFlight: inFlight[index] ?? 0,
    }));

    const verdicts = [27, 30, 33].map(
      (length) => analyzeTrends(points.slice(0, length)).heap.verdict,
    );

    expect(verdicts).not.toContain('step');
    expect(verdicts.at(-1)).toBe('leak');
  });

  test('a table loaded once is a step', () => {
    const loaded = (request: number) => (request > 5_500 ? 8e6 : 0);

    const { heap } = analyzeTrends(floors({ count: 100, heap: loaded }));

    expect(heap.verdict).toBe('step');
    expect(heap.evidence.explanation).toContain('jumped by 7.63 MB');
  });

  test('memory that follows the requests in flight is no leak', () => {
    const inFlight = (request: number) => 4 + Math.floor(request / 200) + ((request / 100) % 3);

    const { heap } = analyzeTrends(
      floors({ count: 100, inFlight, heap: (request) => 40_000 * inFlight(request) }),
    );

    expect(heap.verdict).toBe('stable');
    expect(heap.evidence.loadBytesPerInFlight).toBeCloseTo(40_000, -3);
  });

  test('growth beside a load that rose too slowly to be told apart is load-confounded', () => {
    const inFlight = (request: number) => 4 + 2 * Math.floor(request / 1_000);

    const { heap } = analyzeTrends(
      floors({ count: 100, inFlight, heap: (request) => 1_024 * request }),
    );

    expect(heap.verdict).toBe('load_confounded');
  });

  test('a fall of external memory is not taken for dropped bytecode, nor what follows for growth', () => {
    const external = (request: number) => (request < 2_000 ? 70 * request : 40 * request);

    const trends = analyzeTrends(floors({ count: 25, step: 150, external }));

    expect(trends.external.verdict).toBe('stable');
  });

  test('growth that did not follow a jump of the load is a leak', () => {
    const inFlight = (request: number) => (request > 5_000 ? 20 : 4);

    const { heap } = analyzeTrends(
      floors({ count: 100, inFlight, heap: (request) => 1_024 * request }),
    );

    expect(heap.verdict).toBe('leak');
  });

  test('a cache that filled and a leak that goes on are told apart', () => {
    const both = (request: number) => 8e6 * Math.min(1, request / 3_000) + 500 * request;

    const { heap } = analyzeTrends(floors({ count: 150, heap: both }));

    expect(heap.verdict).toBe('leak');
    expect(heap.slopeMbPerRequest * BYTES_PER_MB).toBeCloseTo(500, -2);
  });

  test('buffers and native memory have trends of their own', () => {
    const { heap, external, native } = analyzeTrends(
      floors({
        count: 100,
        external: (request) => 16_384 * request,
        native: (request) => 8_192 * request,
      }),
    );

    expect([heap.verdict, external.verdict, native.verdict]).toEqual(['stable', 'leak', 'leak']);
    expect(external.hoursToLimit).toBeUndefined();
  });

  test('six floors are insufficient', () => {
    const { heap } = analyzeTrends(floors({ count: 6, heap: (request) => 1e6 * request }));

    expect(heap.verdict).toBe('insufficient');
    expect(heap.points).toBe(6);
    expect(heap.intervalMbPerRequest).toEqual([-Infinity, Infinity]);
  });
});

describe('what the verdict does not depend on', () => {
  const verdicts = (trends: Readonly<Record<Channel, Trend>>) =>
    Object.values(trends).map(({ verdict }) => verdict);
  const shapes: readonly ((request: number) => number)[] = [
    (request) => 1_024 * request,
    (request) => 4e6 * (1 - Math.exp(-request / 2_500)),
    (request) => (request > 5_500 ? 8e6 : 0),
    () => 0,
  ];

  test('how much the process holds anyway', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.nat(2 ** 40),
        fc.nat(1_000),
        (shape, more, seed) => {
          const points = floors({ count: 80, heap: shape, seed });
          const lifted = points.map((point) => ({ ...point, heap: Math.round(point.heap) + more }));
          const level = points.map((point) => ({ ...point, heap: Math.round(point.heap) }));

          expect(verdicts(analyzeTrends(lifted))).toEqual(verdicts(analyzeTrends(level)));
        },
      ),
      { numRuns: 30 },
    );
  });

  test('how many requests lie between floors, while the rate stays material', () => {
    fc.assert(
      fc.property(fc.constantFrom(...shapes), fc.integer({ min: 2, max: 8 }), (shape, factor) => {
        const points = floors({ count: 80, heap: shape });
        const stretched = points.map((point) => ({ ...point, request: point.request * factor }));

        const [slope, stretchedSlope] = [points, stretched].map(
          (series) => analyzeTrends(series).heap.slopeMbPerRequest,
        );

        expect(verdicts(analyzeTrends(stretched))).toEqual(verdicts(analyzeTrends(points)));
        expect(stretchedSlope).toBeCloseTo((slope ?? 0) / factor, 10);
      }),
      { numRuns: 20 },
    );
  });

  test('the order in which the floors are given', () => {
    const points = floors({ count: 80, heap: (request) => 1_024 * request });

    expect(analyzeTrends([...points].reverse())).toEqual(analyzeTrends(points));
  });

  test('the caller keeps its array', () => {
    const points = floors({ count: 400, heap: (request) => 1_024 * request });
    const before = structuredClone(points);

    analyzeTrends(Object.freeze(points));

    expect(points).toEqual(before);
  });
});

describe('how often the verdict is right on made-up series', () => {
  test('white noise of any size is no growth in 500 series', () => {
    const alarms = range(500).filter((seed) => {
      const jitter = noise(seed + 7);
      const size = 10 ** (3 + (seed % 5));
      const { heap } = analyzeTrends(
        floors({ count: 60, seed, heap: (request) => size * jitter(request) }),
      );
      return heap.verdict === 'leak' || heap.verdict === 'growing';
    });

    expect(alarms).toEqual([]);
  });

  test('a linear leak is found with its rate inside the interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 100_000 }), fc.nat(1_000), (rate, seed) => {
        const { heap } = analyzeTrends(
          floors({ count: 80, seed, heap: (request) => rate * request }),
        );
        const [low, high] = heap.intervalMbPerRequest.map((bound) => bound * BYTES_PER_MB);

        expect(heap.verdict).toBe('leak');
        expect(low).toBeLessThanOrEqual(rate);
        expect(high).toBeGreaterThanOrEqual(rate);
      }),
      { numRuns: 60 },
    );
  });
});

describe('damaged input', () => {
  const anyNumber = fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, -1, 0, 2 ** 53, Infinity, -Infinity, Number.MAX_VALUE),
    fc.nat(1e9),
  );
  const anyFloor: fc.Arbitrary<FloorPoint> = fc.record({
    request: anyNumber,
    timestamp: anyNumber,
    heap: anyNumber,
    external: anyNumber,
    native: anyNumber,
    inFlight: anyNumber,
  });

  test('never throws, and probabilities stay probabilities', () => {
    fc.assert(
      fc.property(fc.array(anyFloor, { maxLength: 60 }), anyNumber, (points, limitBytes) => {
        const trends = analyzeTrends(points, { limitBytes });

        for (const trend of Object.values(trends)) {
          expect(trend.growthConfidence).toBeGreaterThanOrEqual(0);
          expect(trend.growthConfidence).toBeLessThanOrEqual(1);
          expect(trend.slopeMbPerRequest).not.toBeNaN();
          expect(trend.slopeMbPerHour).not.toBeNaN();
          expect(trend.hoursToLimit ?? 0).not.toBeNaN();
        }
      }),
      { numRuns: 300 },
    );
  });

  test('damaged floors among good ones change nothing', () => {
    const good = floors({ count: 80, heap: (request) => 1_024 * request });
    const damaged = good.flatMap((point) => [
      point,
      { ...point, request: Number.NaN },
      { ...point, request: -1 },
      { ...point, heap: Infinity, external: Number.NaN, native: 2 ** 60 },
    ]);

    expect(analyzeTrends(damaged).heap).toEqual(analyzeTrends(good).heap);
  });

  test('floors at one request, as of an idle process, are stable', () => {
    const idle = floors({ count: 50, heap: (request) => 1_000 * request }).map((point) => ({
      ...point,
      request: 10,
    }));

    const { heap } = analyzeTrends(idle);

    expect(heap.verdict).toBe('stable');
    expect(heap.belowBytesPerRequest).toBeUndefined();
  });

  test('a wall clock that was set back gives no hourly rate', () => {
    const points = floors({ count: 80, heap: (request) => 1_024 * request });
    const jumped = points.map((point, index) => ({ ...point, timestamp: -index }));

    const { heap } = analyzeTrends(jumped, { limitBytes: 64 * BYTES_PER_MB });

    expect(heap.verdict).toBe('leak');
    expect(heap.slopeMbPerHour).toBe(0);
    expect(heap.hoursToLimit).toBeUndefined();
  });
});
