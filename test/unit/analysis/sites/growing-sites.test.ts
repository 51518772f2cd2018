import { describe, expect, test } from 'vitest';
import { endpointFrames } from '../../../../lib/analysis/sites/endpoint-frames.js';
import {
  findExternalSites,
  findGrowingSites,
} from '../../../../lib/analysis/sites/growing-sites.js';
import { mergeStacks } from '../../../../lib/analysis/sites/merge-stacks.js';
import { type StackSeries, toSiteHistory } from '../../../../lib/analysis/sites/stack-series.js';
import * as restart from './recorded-restart.js';
import { frame, history, INTERVAL, requests, stack } from './sampled-stacks.js';

/** The stack with what `keep` calls taken for code of Node. */
function fromKeep(one: StackSeries): StackSeries {
  const keep = one.frames.findIndex((each) => each.function === 'keep');
  const inner = one.frames.slice(0, keep).map((each) => frame(each.function, 'node:async_hooks'));
  return { ...one, frames: [...inner, ...one.frames.slice(keep)] };
}

const none = new Map<string, string>();

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

  test('finds a leak although the sampler has forgotten it shortly before the end', () => {
    const recorded = mergeStacks(toSiteHistory(restart.readings, restart.stacks));

    const [site] = findGrowingSites({ history: recorded, endpoints: none }, 0);

    expect(site?.function).toBe('rememberOrder');
    expect(site?.growthMb).toBeGreaterThan(60);
  });

  test('says nothing about fewer than six floors', () => {
    const short = {
      requests: requests.slice(0, 5),
      sessions: [1, 1, 1, 1, 1],
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

  test('takes no function of Node for the one that makes wrappers', () => {
    const node = { ...small, frames: [frame('emit', 'node:events')] };

    expect(findExternalSites({ history: history(node), endpoints: none }, 0)).toEqual([]);
  });

  test('does not take the objects of a heap leak for wrappers', () => {
    const found = findExternalSites({ history: history(wrappers), endpoints: none }, 1e6);

    expect(found).toEqual([]);
  });
});
