import { describe, expect, test } from 'vitest';
import { endpointFrames } from '../../../../lib/analysis/sites/endpoint-frames.js';
import {
  type GrowthByEndpoint,
  growthByEndpoint,
} from '../../../../lib/analysis/sites/endpoint-growth.js';
import { findGrowingSites } from '../../../../lib/analysis/sites/growing-sites.js';
import {
  frame,
  history,
  INTERVAL,
  requests,
  restartedAt,
  stack,
  windowsOf,
} from './sampled-stacks.js';

/** Counts how often something is looked up. */
class CountingMap extends Map<string, string> {
  lookups = 0;

  override get(key: string): string | undefined {
    this.lookups++;
    return super.get(key);
  }
}

function growing(found: GrowthByEndpoint | undefined) {
  return [...(found?.endpoints ?? [])].flatMap(([endpoint, { isBeyondDoubt }]) =>
    isBeyondDoubt ? [endpoint] : [],
  );
}

describe('growthByEndpoint', () => {
  const endpoints = endpointFrames([{ endpoint: 'GET /a', handler: frame('handler') }]);
  const windows = windowsOf('GET /a', () => 50);

  test('takes all stacks of an endpoint together', () => {
    const functions = ['one', 'two', 'three'];
    const evidence = {
      history: history(
        ...functions.map((name) => stack([name, 'handler'], (floor) => floor / 9)),
        stack(['other'], (floor) => floor),
      ),
      endpoints,
    };

    const grown = growthByEndpoint(evidence, windows);

    expect(findGrowingSites(evidence, 0).map((site) => site.function)).toEqual(['other']);
    expect(growing(grown)).toEqual(['GET /a']);
    const { bytes = 0, deviation = 0 } = grown?.endpoints.get('GET /a') ?? {};
    expect(bytes).toBeGreaterThan(2 * deviation);
  });

  test('widens the error with every sample that goes again', () => {
    const leak = stack(['keep', 'handler'], (floor) => floor / 2);
    const churn = stack(['reply', 'handler'], (floor) => 4 * (floor % 2));

    const quiet = growthByEndpoint({ history: history(leak), endpoints }, windows);
    const busy = growthByEndpoint({ history: history(leak, churn), endpoints }, windows);

    const [alone, beside] = [quiet, busy].map(
      (grown) => grown?.endpoints.get('GET /a')?.deviation ?? 0,
    );
    expect(beside).toBeGreaterThan(2 * (alone ?? 0));
  });

  test('says nothing of an endpoint whose memory fills up to a bound', () => {
    const cache = stack(['keep', 'handler'], (floor) => 400 * (1 - Math.exp(-floor / 8)));

    const grown = growthByEndpoint({ history: history(cache), endpoints }, windows);

    expect(growing(grown)).toEqual([]);
  });

  test('follows an endpoint over its own requests', () => {
    // Called ever less often: half of its requests come in the first quarter.
    const calls = (floor: number) => Math.round(200 * 0.93 ** floor);
    const called = requests.map((_, floor) =>
      Array.from({ length: floor }, (_, at) => calls(at + 1)).reduce((sum, n) => sum + n, 0),
    );
    const leak = stack(['keep', 'handler'], (floor) => (called[floor] ?? 0) / 20);
    const evidence = { history: history(leak), endpoints };

    const over = (perFloor: (floor: number) => number) =>
      growthByEndpoint(evidence, windowsOf('GET /a', perFloor));

    expect(growing(over(() => 50))).toEqual([]);
    expect(growing(over(calls))).toEqual(['GET /a']);
    const bytes = over(calls)?.endpoints.get('GET /a')?.bytes;
    expect(bytes).toBeGreaterThan(0.7 * (leak.bytes.at(-1) ?? 0));
  });

  test('does not take samples that become rarer for growth that slows down', () => {
    // The interval quadruples in mid-run: a quarter of the samples, each for four times the bytes.
    const fine = (floor: number) => 4 * Math.min(floor, 20);
    const leak = stack(['keep', 'handler'], (floor) => fine(floor) + Math.max(0, floor - 20));
    const even = { ...leak, bytes: requests.map((_, floor) => floor * INTERVAL) };

    const grown = growthByEndpoint({ history: history(even), endpoints }, windows);

    expect(growing(grown)).toEqual(['GET /a']);
  });

  test('is as sure of a leak when the sampler begins anew toward the end', () => {
    const leak = history(stack(['keep', 'handler'], (floor) => floor / 3.5));

    const whole = growthByEndpoint({ history: leak, endpoints }, windows);
    const restarted = growthByEndpoint({ history: restartedAt(36, leak), endpoints }, windows);

    expect(growing(whole)).toEqual(['GET /a']);
    expect(growing(restarted)).toEqual(['GET /a']);
  });

  test('does not take a full cache for a leak that the sampler sees filled anew', () => {
    const level = (floor: number) => Math.min(40, 10 * floor);
    const cache = history(
      stack(['keep', 'handler'], (floor) => level(floor) + (floor < 21 ? 0 : 2 * (floor - 21))),
    );
    const sessions = cache.sessions.map((_, floor) => (floor < 21 ? 1 : 2));
    const evidence = { history: { ...cache, sessions }, endpoints };

    expect(growing(growthByEndpoint(evidence, windows))).toEqual([]);
  });

  test('follows an endpoint over all requests when none of its own has finished', () => {
    const leak = stack(['keep', 'handler'], (floor) => floor);

    const grown = growthByEndpoint({ history: history(leak), endpoints }, []);

    expect(growing(grown)).toEqual(['GET /a']);
  });

  test("keeps apart what grows in stacks that are nobody's", () => {
    const nobodys = stack(['resume'], (floor) => 3 * floor);
    const own = stack(['keep', 'handler'], (floor) => floor);

    const grown = growthByEndpoint({ history: history(own, nobodys), endpoints }, windows);

    const bytes = grown?.endpoints.get('GET /a')?.bytes ?? 0;
    expect((grown?.others.bytes ?? 0) / bytes).toBeCloseTo(3, 1);
  });

  test('counts a stack for each endpoint whose frame is in it', () => {
    const shared = stack(['keep', 'inner', 'handler'], (floor) => floor);
    const both = endpointFrames([
      { endpoint: 'GET /a', handler: frame('handler') },
      { endpoint: 'GET /b', handler: frame('inner') },
    ]);

    const grown = growthByEndpoint({ history: history(shared), endpoints: both }, windows);

    expect(growing(grown)).toEqual(['GET /a', 'GET /b']);
    expect(grown?.others.bytes).toBe(0);
  });

  test('looks at each frame once, however many endpoints there are', () => {
    const names = Array.from({ length: 100 }, (_, index) => `handler${index}`);
    const many = new CountingMap(
      endpointFrames(names.map((name) => ({ endpoint: name, handler: frame(name) }))),
    );
    const stacks = names.map((name) => stack(['keep', name], (floor) => floor));

    const grown = growthByEndpoint({ history: history(...stacks), endpoints: many }, windows);

    expect(growing(grown)).toEqual(names);
    expect(many.lookups).toBe(2 * stacks.length);
  });

  test('says nothing of an endpoint whose memory holds steady, nor about fewer than six floors', () => {
    const steady = stack(['keep', 'handler'], (floor) => 20 + (floor % 3));
    const leak = stack(['keep', 'handler'], (floor) => 10 * floor);
    const few = {
      requests: requests.slice(0, 5),
      sessions: [1, 1, 1, 1, 1],
      stacks: [{ ...leak, samples: leak.samples.slice(0, 5) }],
    };

    expect(growing(growthByEndpoint({ history: history(steady), endpoints }, windows))).toEqual([]);
    expect(growthByEndpoint({ history: few, endpoints }, windows)).toBeUndefined();
  });
});

describe('endpointFrames', () => {
  test('leaves out a function that serves several endpoints', () => {
    const frames = endpointFrames([
      { endpoint: 'a', handler: frame('shared') },
      { endpoint: 'b', handler: frame('shared') },
      { endpoint: 'c', handler: frame('own') },
      { endpoint: 'd' },
    ]);

    expect([...frames.values()]).toEqual(['c']);
  });

  test('recognizes an endpoint that is listed twice', () => {
    const entry = { endpoint: 'a', handler: frame('own') };

    expect([...endpointFrames([entry, entry]).values()]).toEqual(['a']);
  });
});
