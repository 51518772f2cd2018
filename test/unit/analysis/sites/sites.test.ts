import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { endpointFrames } from '../../../../lib/analysis/sites/endpoint-frames.js';
import { growthByEndpoint } from '../../../../lib/analysis/sites/endpoint-growth.js';
import {
  findExternalSites,
  findGrowingSites,
} from '../../../../lib/analysis/sites/growing-sites.js';
import { mergeStacks } from '../../../../lib/analysis/sites/merge-stacks.js';
import { originOf } from '../../../../lib/analysis/sites/origin.js';
import {
  type SiteHistory,
  type StackSeries,
  toSiteHistory,
} from '../../../../lib/analysis/sites/stack-series.js';
import type { StackFrame } from '../../../../lib/core/profile.js';
import { STACKS_PER_READING } from '../../../../lib/core/timeline.js';

const INTERVAL = 128 * 1024;
const FLOORS = 41;
const requests = Array.from({ length: FLOORS }, (_, index) => index * 100);

function frame(name: string, file = '/srv/app.js'): StackFrame {
  return { function: name, file, line: 1, column: 1 };
}

/** A stack of functions of the application, innermost first, with samples as a function of the floor. */
function stack(names: readonly string[], samples: (floor: number) => number) {
  const values = requests.map((_, floor) => Math.floor(samples(floor)));
  return {
    frames: names.map((name) =>
      name.includes('node:') ? frame(name.split(' ')[0] ?? '', name.split(' ')[1]) : frame(name),
    ),
    samples: values,
    bytes: values.map((value) => value * INTERVAL),
    count: values.map((value) => value * 600),
  };
}

function history(...stacks: ReturnType<typeof stack>[]): SiteHistory {
  return { requests, stacks };
}

/** The stack with what `keep` calls taken for code of Node. */
function fromKeep(one: StackSeries): StackSeries {
  const keep = one.frames.findIndex((each) => each.function === 'keep');
  const inner = one.frames.slice(0, keep).map((each) => frame(each.function, 'node:async_hooks'));
  return { ...one, frames: [...inner, ...one.frames.slice(keep)] };
}

const none = new Map<string, string>();
const total = (sites: SiteHistory) =>
  requests.map((_, floor) =>
    sites.stacks.reduce((sum, { samples }) => sum + (samples[floor] ?? 0), 0),
  );

describe('mergeStacks', () => {
  test('joins the stack that lost a frame to inlining with the one that it takes over from', () => {
    const before = stack(['keep', 'handler', 'server'], (floor) => Math.min(floor, 20));
    const after = stack(['keep', 'server'], (floor) => Math.max(0, floor - 20));
    const other = stack(['parse', 'server'], () => 5);

    const merged = mergeStacks(history(after, other, before));

    expect(merged.stacks).toHaveLength(2);
    expect(merged.stacks[0]?.frames.map((one) => one.function)).toEqual([
      'keep',
      'handler',
      'server',
    ]);
    expect(merged.stacks[0]?.samples).toEqual(requests.map((_, floor) => floor));
  });

  test('gives a short stack to the candidate that grew before it appeared', () => {
    const idle = stack(['keep', 'idle', 'server'], (floor) => (floor < 25 ? 3 : floor));
    const busy = stack(['keep', 'busy', 'server'], (floor) => Math.min(floor, 20));
    const short = stack(['keep', 'server'], (floor) => Math.max(0, floor - 20));

    const merged = mergeStacks(history(idle, busy, short));

    const grown = merged.stacks.find(({ frames }) => frames[1]?.function === 'busy');
    expect(grown?.samples.at(-1)).toBe(40);
  });

  test('prefers the candidate with the fewest frames missing where none grew before', () => {
    const far = stack(['write', 'flush', 'end', 'handle'], () => 1);
    const near = stack(['keep', 'handle'], () => 1);
    const inlined = stack(['handle'], (floor) => floor);

    const merged = mergeStacks(history(far, near, inlined));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'keep');
    expect(grown?.samples.at(-1)).toBe(41);
  });

  test('takes a function to be inlined into its caller rather than code of Node', () => {
    const node = stack(['flush node:net', 'handle', 'server'], () => 1);
    const own = stack(['keep', 'handle', 'server', 'run node:timers'], () => 1);
    const inlined = stack(['handle', 'server'], (floor) => floor);

    const merged = mergeStacks(history(node, own, inlined));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'keep');
    expect(grown?.samples.at(-1)).toBe(41);
  });

  test('puts an inlined function back whoever called its caller', () => {
    const seen = stack(['push node:array', 'keep', 'handle', 'tick'], (floor) =>
      Math.min(floor, 2),
    );
    const inlined = stack(['handle', 'tick', 'timers'], (floor) => Math.max(0, floor - 3));

    const merged = mergeStacks(history(seen, inlined));

    expect(merged.stacks.map(({ frames }) => frames.map((one) => one.function))).toContainEqual([
      'keep',
      'handle',
      'tick',
      'timers',
    ]);
  });

  test.each([
    ['the one that the caller calls', 2, 'keep'],
    ['the inner one where all samples are its own', 0, 'build'],
  ])('of two inlined functions, puts back %s', (_, own, expected) => {
    const inner = stack(['build', 'keep', 'handle'], () => 3);
    const outer = stack(['keep', 'handle'], () => own);
    const inlined = stack(['handle'], (floor) => floor);

    const merged = mergeStacks(history(inner, outer, inlined));

    const most = merged.stacks.toSorted(
      (a, b) => (b.samples.at(-1) ?? 0) - (a.samples.at(-1) ?? 0),
    );
    expect(most[0]?.frames[0]?.function).toBe(expected);
  });

  test('puts an inlined function back into calls of the same module of Node', () => {
    const seen = stack(['fill node:buffer', 'keep', 'handle'], () => 1);
    const inlined = stack(['slice node:buffer', 'handle'], (floor) => floor / 4);
    const reply = stack(['end node:http', 'handle'], (floor) => floor / 4);

    const merged = mergeStacks(history(seen, inlined, reply));

    const paths = merged.stacks.map(({ frames }) => frames.map((one) => one.function).join(' < '));
    expect(paths.sort()).toEqual(['end < handle', 'fill < keep < handle', 'slice < keep < handle']);
  });

  test.each([
    ['keeps pace with it', (floor: number) => floor / 10],
    ['comes late', (floor: number) => Math.max(0, floor - 38)],
    ['holds only garbage', (floor: number) => (floor < 5 ? 2 : 0)],
  ])('leaves growth to a function whose callee %s', (_, samples) => {
    const callee = stack(['format', 'keep', 'handle'], samples);
    const caller = stack(['keep', 'handle'], (floor) => floor);

    const merged = mergeStacks(history(callee, caller));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'keep');
    expect(grown?.samples.at(-1)).toBe(40);
  });

  test('leaves stacks with frames in another order apart', () => {
    const merged = mergeStacks(
      history(
        stack(['a', 'b', 'c'], () => 4),
        stack(['b', 'a'], () => 4),
      ),
    );

    expect(merged.stacks).toHaveLength(2);
  });

  test('neither loses nor invents samples', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 5 });
    const arbitrary = fc.array(fc.tuple(names, fc.nat(30)), { maxLength: 8 });
    fc.assert(
      fc.property(arbitrary, (specs) => {
        const original = history(
          ...specs.map(([path, height]) => stack(path, (floor) => (floor * height) / 40)),
        );

        const merged = mergeStacks(original);

        expect(total(merged)).toEqual(total(original));
      }),
    );
  });
});

describe('findGrowingSites', () => {
  test('finds a function whose live memory grows, with its rate and whose frame is in its stacks', () => {
    const endpoints = endpointFrames([{ endpoint: 'GET /a', handler: frame('handler') }]);
    const sites = history(
      stack(['keep', 'handler'], (floor) => floor),
      stack(['keep', 'onTimer'], (floor) => floor / 4),
    );

    const [site] = findGrowingSites({ history: sites, endpoints }, 0);

    expect(site).toMatchObject({
      function: 'keep',
      channel: 'heap',
      stack: ['handler (/srv/app.js:1:1)'],
    });
    expect(site?.growthMbPerRequest).toBeCloseTo((1.25 * INTERVAL) / 100 / 2 ** 20, 3);
    expect(site?.endpoints['GET /a']).toBeCloseTo(0.8, 1);
  });

  test.each([
    ['holds steady', () => 30],
    ['appears late and then holds', (floor: number) => (floor < 24 ? 0 : 12)],
    ['fills up early', (floor: number) => Math.min(20, floor)],
    ['gains too few samples to tell', (floor: number) => floor / 10],
  ])('does not call a function growing that %s', (_, samples) => {
    expect(
      findGrowingSites({ history: history(stack(['keep'], samples)), endpoints: none }, 0),
    ).toEqual([]);
  });

  test('takes few samples where the trend shows that the heap grows', () => {
    const sites = history(stack(['keep'], (floor) => floor / 8));

    const [site] = findGrowingSites({ history: sites, endpoints: none }, 5 * INTERVAL);

    expect(site?.function).toBe('keep');
  });

  test('finds a function with few samples that come in steps', () => {
    const steps = [2, 2, 2, 2, 4, 6, 6, 6, 7];
    const sites = history(stack(['keep'], (floor) => steps[floor >> 2] ?? 7));

    const [site] = findGrowingSites({ history: sites, endpoints: none }, 8 * INTERVAL);

    expect(site).toMatchObject({ function: 'keep' });
  });

  test('shows the callers where an allocator is shared by what grows and what does not', () => {
    const sites = history(
      stack(['allocate', 'remember', 'handler'], (floor) => floor),
      stack(['allocate', 'prepare', 'handler'], () => 20),
    );

    const found = findGrowingSites({ history: sites, endpoints: none }, 0);

    expect(found.map((site) => site.function)).toEqual(['remember']);
  });

  test('shows the allocator itself where no caller tells growth from what holds steady', () => {
    const sites = history(
      stack(['bind', 'keep', 'handler', 'server'], (floor) => floor),
      stack(['wrap', 'keep', 'handler', 'server'], () => 8),
      stack(['keep', 'handler', 'server'], () => 8),
    );
    const shown = findGrowingSites(
      { history: { ...sites, stacks: sites.stacks.map(fromKeep) }, endpoints: none },
      0,
    );

    expect(shown.map((site) => site.function)).toEqual(['keep']);
  });

  test('shows the function that a user can open, not the code of Node that it calls', () => {
    const sites = history(
      stack(['_addListener node:events', 'subscribe', 'handler'], (floor) => floor),
    );

    expect(findGrowingSites({ history: sites, endpoints: none }, 0)[0]?.function).toBe('subscribe');
  });

  test('says nothing about fewer than six floors', () => {
    const short = {
      requests: requests.slice(0, 5),
      stacks: [stack(['keep'], (floor) => floor * 20)],
    };

    expect(findGrowingSites({ history: short, endpoints: none }, 0)).toEqual([]);
  });
});

describe('findExternalSites', () => {
  test('names the caller of the Buffer code whose wrappers multiply', () => {
    const sites = history(
      stack(['FastBuffer node:buffer', 'receive', 'upload'], (floor) => floor / 8),
      stack(['keep', 'handler'], (floor) => floor * 3),
    );

    const found = findExternalSites({ history: sites, endpoints: none }, 0);

    expect(found.map((site) => [site.function, site.channel])).toEqual([['receive', 'external']]);
  });
});

describe('findExternalSites, without Buffer code in any stack', () => {
  const small = stack(['receive', 'upload'], (floor) => floor / 8);
  const wrappers = { ...small, count: small.bytes.map((bytes) => bytes / 200) };

  test('does not take strings that are made of Buffers for Buffers', () => {
    const text = stack(['slice node:buffer', 'toString node:buffer', 'keep'], (floor) => floor);

    expect(findExternalSites({ history: history(text), endpoints: none }, 1e6)).toEqual([]);
  });

  test('takes small objects for wrappers while the heap does not grow', () => {
    const found = findExternalSites({ history: history(wrappers, small), endpoints: none }, 0);

    expect(found.map((site) => site.function)).toEqual(['receive']);
  });

  test('does not take the objects of a heap leak for wrappers', () => {
    const found = findExternalSites({ history: history(wrappers), endpoints: none }, 1e6);

    expect(found).toEqual([]);
  });
});

describe('growthByEndpoint', () => {
  const endpoints = endpointFrames([{ endpoint: 'GET /a', handler: frame('handler') }]);

  test('takes all stacks of an endpoint together', () => {
    const functions = ['one', 'two', 'three'];
    const evidence = {
      history: history(
        ...functions.map((name) => stack([name, 'handler'], (floor) => floor / 9)),
        stack(['other'], (floor) => floor),
      ),
      endpoints,
    };

    const grown = growthByEndpoint(evidence);

    expect(findGrowingSites(evidence, 0).map((site) => site.function)).toEqual(['other']);
    expect([...grown.keys()]).toEqual(['GET /a']);
    const { bytes = 0, deviation = 0 } = grown.get('GET /a') ?? {};
    expect(bytes).toBeGreaterThan(2 * deviation);
  });

  test('widens the error with every sample that goes again', () => {
    const leak = stack(['keep', 'handler'], (floor) => floor / 2);
    const churn = stack(['reply', 'handler'], (floor) => 4 * (floor % 2));

    const quiet = growthByEndpoint({ history: history(leak), endpoints });
    const busy = growthByEndpoint({ history: history(leak, churn), endpoints });

    const [alone, beside] = [quiet, busy].map((grown) => grown.get('GET /a')?.deviation ?? 0);
    expect(beside).toBeGreaterThan(2 * (alone ?? 0));
  });

  test('says nothing of an endpoint whose memory holds steady, nor about fewer than six floors', () => {
    const steady = stack(['keep', 'handler'], (floor) => 20 + (floor % 3));
    const leak = stack(['keep', 'handler'], (floor) => 10 * floor);
    const few = {
      requests: requests.slice(0, 5),
      stacks: [{ ...leak, samples: leak.samples.slice(0, 5) }],
    };

    expect(growthByEndpoint({ history: history(steady), endpoints }).size).toBe(0);
    expect(growthByEndpoint({ history: few, endpoints }).size).toBe(0);
  });
});

describe('toSiteHistory', () => {
  const stacks = [0, 1].map((number) => ({
    run: 'r',
    stack: number,
    frames: [frame(`f${number}`)],
  }));
  const row = (number: number, samples: number) => ({
    stack: number,
    samples,
    liveBytes: samples * INTERVAL,
    liveCount: samples,
  });

  /** A reading that may leave stacks out, since it lists as many as it can. */
  const full = (...rows: ReturnType<typeof row>[]) => [
    ...rows,
    ...Array.from({ length: STACKS_PER_READING - rows.length }, (_, index) => row(100 + index, 5)),
  ];

  test('takes a stack that is not listed to hold no more than the least that is', () => {
    const readings = [
      { request: 0, sites: full(row(0, 5)) },
      { request: 100, sites: full(row(0, 5), row(1, 9)) },
      { request: 200, sites: full(row(0, 20)).map((site) => ({ ...site, samples: 20 })) },
    ];

    const series = toSiteHistory(readings, stacks).stacks.find(
      ({ frames }) => frames[0]?.function === 'f1',
    );

    expect(series?.samples).toEqual([5, 9, 9]);
  });

  test('takes a stack to hold nothing where a reading that lists all leaves it out', () => {
    const readings = [
      { request: 0, sites: [row(0, 5)] },
      { request: 100, sites: [row(0, 5), row(1, 9)] },
    ];

    const series = toSiteHistory(readings, stacks).stacks.find(
      ({ frames }) => frames[0]?.function === 'f1',
    );

    expect(series?.samples).toEqual([0, 9]);
  });

  test('looks at a bounded number of floors, the first and the last among them', () => {
    const readings = Array.from({ length: 5000 }, (_, index) => ({
      request: index,
      sites: [row(0, 1)],
    }));

    const { requests: floors } = toSiteHistory(readings, stacks);

    expect(floors).toHaveLength(64);
    expect([floors[0], floors.at(-1)]).toEqual([0, 4999]);
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

describe('originOf', () => {
  test.each([
    ['/srv/app/routes.js', 'app', ''],
    ['file:///srv/app/routes.mjs', 'app', ''],
    ['/srv/node_modules/express/lib/router.js', 'package', 'express'],
    ['/srv/node_modules/a/node_modules/@scope/b/index.js', 'package', '@scope/b'],
    ['C:\\srv\\node_modules\\@scope\\b\\index.js', 'package', '@scope/b'],
    ['node:internal/timers', 'node', 'node:internal/timers'],
    ['', 'builtin', ''],
  ])('classifies %j', (file, kind, name) => {
    expect(originOf({ file })).toEqual({ kind, name });
  });
});
