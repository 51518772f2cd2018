import { beforeAll, describe, expect, test } from 'vitest';
import { type Observation, observe } from '../bench/detect/live/observe.mjs';

// The whole evaluation, with the pace and the GCs of a service in production, is `npm run bench:detect live`. Here GCs
// are forced four times a second, so that thousands of requests in seconds leave as many floors as in minutes.
const env = {
  HEAPTIDE_PROBE_MODE: 'forced',
  HEAPTIDE_PROBE_MIN_INTERVAL_MS: '250',
  HEAPTIDE_PROBE_MAX_CPU_SHARE: '1',
};

interface Live {
  readonly program: string;
  readonly bound: number;
  readonly requests: number;
}

function serve({ program, bound, requests }: Live): Promise<Observation> {
  const traffic = { requests, seconds: requests / 500, shape: 'steady' } as const;
  return observe({
    programs: [program],
    seed: 1,
    bound,
    traffic: { ...traffic, pick: () => program },
    env,
  });
}

describe('real HTTP services', () => {
  let leaking: Observation;
  let healthy: Observation;
  let fillingLate: Observation;

  beforeAll(async () => {
    [leaking, healthy, fillingLate] = await Promise.all([
      serve({ program: 'closure', bound: 0, requests: 12_000 }),
      serve({ program: 'lru', bound: 500, requests: 12_000 }),
      serve({ program: 'lru', bound: 9000, requests: 18_000 }),
    ]);
  }, 180_000);

  test('a leak is found, and the function that leaks comes first', () => {
    const { analysis } = leaking;

    expect(analysis.verdict).toBe('leak');
    expect(analysis.growingSites[0]?.function).toBe('deferRefund');
    expect(analysis.endpoints.map(({ endpoint, verdict }) => [endpoint, verdict])).toEqual([
      ['closure', 'leak'],
    ]);
  });

  test('the interval of the rate holds what the service gives back when it lets go', () => {
    const [low, high] = leaking.analysis.trends.heap.intervalMbPerRequest;
    const truthMb = (leaking.truths.closure?.heap ?? 0) / 2 ** 20;

    expect(truthMb).toBeGreaterThan(low);
    expect(truthMb).toBeLessThan(high);
  });

  test('a confirmed leak is raised once while the service runs', () => {
    const { events } = leaking;

    expect(events).toEqual([{ kind: 'raised', channel: 'heap', requests: expect.any(Number) }]);
    expect(events[0]?.requests).toBeGreaterThanOrEqual(5000);
  });

  test('a cache with a bound is no leak, and nothing is raised', () => {
    const { analysis, events } = healthy;

    expect(['stable', 'plateau', 'step']).toContain(analysis.verdict);
    expect(events).toEqual([]);
  });

  test('what was raised while a cache was filling is withdrawn when it is full', () => {
    const { analysis, events } = fillingLate;

    expect(events.map(({ kind }) => kind)).toEqual(['raised', 'withdrawn']);
    expect(analysis.trends.heap.verdict).not.toBe('leak');
  });
});
