import { describe, expect, test } from 'vitest';
import { attributeChannel } from '../../../../lib/analysis/blame/attribute-channel.js';
import { seededRandom } from '../../../../lib/analysis/blame/random.js';
import type { FloorWindow } from '../../../../lib/analysis/run/run-history.js';
import type { GrowingSite } from '../../../../lib/core/analysis-result.js';
import { bytesToMb } from '../../../../lib/core/units.js';

const NONE = { sites: [] };

type Part = { readonly bytes: number; readonly deviation?: number; isBeyondDoubt?: boolean };

/** Stacks in which the endpoints' parts of the growth are these, in bytes, and nobody's part is that. */
function stacksOf(parts: Readonly<Record<string, Part>>, nobodys = 0) {
  const growths = Object.entries(parts).map(
    ([endpoint, part]) => [endpoint, { deviation: 0, isBeyondDoubt: true, ...part }] as const,
  );
  const others = { bytes: nobodys, deviation: 0 };
  return { sites: [], heapGrowth: { endpoints: new Map(growths), others } };
}

/** Windows of two endpoints, `leaking` and `other`, of which the first keeps `rate` bytes per request. */
function windowsOf(
  channel: GrowingSite['channel'],
  growth: { readonly rate: number; readonly noise: number },
) {
  const random = seededRandom(3);
  const windows: FloorWindow[] = [];
  let kept = 0;
  let from = { request: 0, timestamp: 0, inFlight: 1, heap: 0, external: 0, native: 0 };
  for (let index = 0; index < 60; index++) {
    const [leaking, other] = [Math.floor(random() * 100), Math.floor(random() * 100)];
    kept += leaking * growth.rate;
    const to = {
      ...from,
      request: from.request + leaking + other,
      timestamp: index,
      [channel]: kept + random() * growth.noise,
    };
    windows.push({ from, to, finished: new Map(Object.entries({ leaking, other })) });
    from = to;
  }
  return windows;
}

/** A heap in which `leaking` clearly leaks, and what it gains in all. */
function leakingHeap() {
  const windows = windowsOf('heap', { rate: 4000, noise: 2000 });
  const trend = { channel: 'heap', bytesPerRequest: 2000 } as const;
  return { windows, trend, bytes: windows.at(-1)?.to.heap ?? 0 };
}

function siteUnder(endpoint: string, channel: GrowingSite['channel']): GrowingSite {
  return {
    function: 'make',
    file: '/srv/app.js',
    line: 1,
    column: 1,
    channel,
    liveMb: 1,
    liveSdMb: 0.2,
    liveCount: 5000,
    growthMb: 1,
    growthMbPerRequest: 0.001,
    stack: [],
    endpoints: { [endpoint]: 1 },
  };
}

function named(...call: Parameters<typeof attributeChannel>) {
  return attributeChannel(...call)
    ?.endpoints.filter(({ isNamed }) => isNamed)
    .map(({ endpoint }) => endpoint);
}

describe('attributeChannel', () => {
  test('believes external floors before the wrappers in the stacks', () => {
    const windows = windowsOf('external', { rate: 4000, noise: 2000 });
    const findings = { ...NONE, sites: [siteUnder('other', 'external')] };

    const endpoints = named(windows, { channel: 'external', bytesPerRequest: 2000 }, findings);

    expect(endpoints).toEqual(['leaking']);
  });

  test('names by the wrappers where floors do not tell', () => {
    const windows = windowsOf('external', { rate: 100, noise: 1e6 });
    const findings = { ...NONE, sites: [siteUnder('leaking', 'external')] };
    const trend = { channel: 'external', bytesPerRequest: 50 } as const;

    expect(named(windows, trend, NONE)).toEqual([]);
    expect(named(windows, trend, findings)).toEqual(['leaking']);
  });

  test.each([
    ['a fortieth of the growth', 0.025, 0.005, ['leaking', 'other']],
    ['a tenth of it that may come and go', 0.1, 0.08, ['leaking']],
    ['less than a fiftieth', 0.015, 0.001, ['leaking']],
  ])('judges live memory under a frame: %s', (_, share, deviation, expected) => {
    const windows = windowsOf('heap', { rate: 4000, noise: 20_000 });
    const bytes =
      4000 * windows.reduce((sum, { finished }) => sum + (finished.get('leaking') ?? 0), 0);
    const stacks = stacksOf({
      leaking: { bytes },
      other: { bytes: share * bytes, deviation: deviation * bytes },
    });

    const found = named(windows, { channel: 'heap', bytesPerRequest: 2000 }, stacks);

    expect(found?.toSorted()).toEqual(expected);
  });

  test('lets the stacks of others object to what the regression puts on an endpoint', () => {
    const { windows, trend, bytes } = leakingHeap();
    const heldByOther = (share: number) => stacksOf({ other: { bytes: share * bytes } }, bytes);

    expect(named(windows, trend, heldByOther(0.3))).toEqual(['leaking', 'other']);
    expect(named(windows, trend, heldByOther(0.7))).toEqual(['other']);
  });

  test.each([
    ['a tenth', 0.1, 0, []],
    ['half', 0.5, 0, ['leaking']],
    ['a tenth, where the rest may be missing by chance', 0.1, 0.15, ['leaking']],
  ])(
    'asks stacks for what the regression puts on an endpoint: %s',
    (_, share, spread, expected) => {
      const { windows, trend, bytes } = leakingHeap();
      const leaking = { bytes: share * bytes, deviation: spread * bytes, isBeyondDoubt: false };

      expect(named(windows, trend, stacksOf({ leaking }))).toEqual(expected);
    },
  );

  test.each([
    ['seven windows', 7, 4],
    ['thirty endpoints', 60, 30],
  ])(
    'names by its stacks an endpoint that is too rare for a column of its own: %s',
    (_, windowCount, count) => {
      const random = seededRandom(5);
      const windows = windowsOf('heap', { rate: 4000, noise: 2000 })
        .slice(0, windowCount)
        .map((window) => {
          const others = Array.from(
            { length: count },
            (_, n) => [`busy ${n}`, 200 + random() * 100] as const,
          );
          return { ...window, finished: new Map([...window.finished, ...others]) };
        });
      const bytes = windows.at(-1)?.to.heap ?? 0;
      const trend = { channel: 'heap', bytesPerRequest: 10 } as const;

      expect(named(windows, trend, stacksOf({ leaking: { bytes } }))).toEqual(['leaking']);
      expect(named(windows, trend, stacksOf({}, bytes))).toEqual([]);
    },
  );

  test("counts for an endpoint what grows in stacks that are nobody's", () => {
    const { windows, trend, bytes } = leakingHeap();

    expect(named(windows, trend, stacksOf({}, bytes))).toEqual(['leaking']);
    expect(named(windows, trend, stacksOf({}))).toEqual([]);
  });

  test.each([
    ['as much', 0.1, ['leaking', 'other']],
    ['a sixth of that', 0.017, ['leaking']],
  ])(
    "takes an endpoint's growing sites for no more than all its stacks: %s",
    (_, share, expected) => {
      const { windows, trend, bytes } = leakingHeap();
      const other = { bytes: share * bytes, isBeyondDoubt: false };
      const { heapGrowth } = stacksOf({ leaking: { bytes }, other });
      const site = { ...siteUnder('other', 'heap'), growthMb: bytesToMb(0.1 * bytes) };

      const found = named(windows, trend, { sites: [site], heapGrowth });

      expect(found?.toSorted()).toEqual(expected);
    },
  );

  test('puts no more on an endpoint that it does not name than its stacks show', () => {
    const { windows, trend, bytes } = leakingHeap();
    const shown = 0.1 * bytes;

    const attribution = attributeChannel(
      windows,
      trend,
      stacksOf({ leaking: { bytes: shown, isBeyondDoubt: false } }),
    );
    const leaking = attribution?.endpoints.find(({ endpoint }) => endpoint === 'leaking');

    expect(leaking?.isNamed).toBe(false);
    expect(leaking?.bytes).toBeCloseTo(shown);
  });

  test('takes the growth of the trend where the regression explains more', () => {
    const { windows, trend, bytes } = leakingHeap();
    const growth = (bytesPerRequest: number) =>
      attributeChannel(windows, { ...trend, bytesPerRequest }, NONE)?.bytes ?? 0;

    expect(growth(trend.bytesPerRequest / 4)).toBeLessThan(0.5 * bytes);
    expect(growth(trend.bytesPerRequest * 4)).toBeCloseTo(bytes, -4);
  });

  test("lets an interval reach as far as what grows in nobody's stacks", () => {
    const windows = windowsOf('heap', { rate: 4000, noise: 2e6 });
    const trend = { channel: 'heap', bytesPerRequest: 2000 } as const;
    const endOf = (nobodys: number) => {
      const stacks = stacksOf({ leaking: { bytes: 4e6, deviation: 1e5 } }, nobodys);
      const found = attributeChannel(windows, trend, stacks)?.endpoints;
      const leaking = found?.find(({ isNamed }) => isNamed);
      return (leaking?.interval[1] ?? 0) / (leaking?.bytesPerRequest ?? 0);
    };

    expect(endOf(0)).toBeCloseTo(1 + (2 * 1e5) / 4e6);
    expect(endOf(1e6)).toBeCloseTo(1 + (1e6 + 2 * 1e5) / 4e6);
  });
});
