import { describe, expect, test } from 'vitest';
import { CaptureHistory } from '../../../../lib/analysis/profiles/capture-history.js';
import { getTopGrowingLocations } from '../../../../lib/analysis/profiles/growing-locations.js';
import { getTopMemoryConsumers } from '../../../../lib/analysis/profiles/memory-consumers.js';
import { type AllocationSite, isDetailed, type Profile } from '../../../../lib/core/profile.js';
import { simulate } from '../../../support/synthetic-run.js';

const [template] = [
  ...simulate({ endpoints: [{ name: 'a' }], floors: 1 }).profiles.values(),
].flat();

function site(name: string, liveMb: number): AllocationSite {
  return {
    function: name,
    file: '/srv/app.js',
    line: 1,
    column: 1,
    liveMb,
    liveSdMb: 0.1,
    liveCount: 10,
    growthMb: 0,
    stack: [],
  };
}

function capture(sites: readonly AllocationSite[], run = 'r1'): Profile {
  if (template === undefined || !isDetailed(template))
    throw new Error('No detailed profile was made');
  return { ...template, run, topConsumers: sites };
}

describe('CaptureHistory', () => {
  test('keeps the first and the latest of many captures in bounded memory', () => {
    const history = new CaptureHistory();

    for (let request = 0; request < 100_000; request++) history.add({ request, sites: [] });

    const requests = history.captures().map((one) => one.request);
    expect(requests.length).toBeLessThanOrEqual(129);
    expect([requests[0], requests.at(-1)]).toEqual([0, 99_999]);
    expect(requests).toEqual(requests.toSorted((a, b) => a - b));
  });
});

describe('getTopMemoryConsumers', () => {
  test('takes the latest capture and does not add captures up', () => {
    const profiles = [
      capture([site('keep', 1)]),
      capture([site('keep', 3)]),
      capture([site('keep', 2)]),
    ];

    const [keep] = getTopMemoryConsumers(profiles);

    expect(keep).toMatchObject({ liveMb: 2, meanMb: 2, maxMb: 3, captures: 3, share: 1 });
  });

  test('adds up the stacks of one function within a capture', () => {
    const [keep] = getTopMemoryConsumers([
      capture([site('keep', 1), site('keep', 3), site('other', 2)]),
    ]);

    expect(keep?.liveMb).toBe(4);
    expect(keep?.liveSdMb).toBeCloseTo(Math.hypot(0.1, 0.1));
    expect(keep?.share).toBeCloseTo(4 / 6);
  });

  test('leaves earlier runs out', () => {
    const profiles = [capture([site('old', 50)], 'r1'), capture([site('new', 1)], 'r2')];

    expect(getTopMemoryConsumers(profiles).map((one) => one.function)).toEqual(['new']);
  });

  test('limits the number of rows, and checks the limit', () => {
    const profiles = [capture([site('a', 1), site('b', 2), site('c', 3)])];

    expect(getTopMemoryConsumers(profiles, 2).map((one) => one.function)).toEqual(['c', 'b']);
    expect(getTopMemoryConsumers(profiles, 0)).toEqual([]);
    expect(() => getTopMemoryConsumers(profiles, -1)).toThrow(RangeError);
    expect(() => getTopMemoryConsumers(profiles, Number.NaN)).toThrow(RangeError);
  });

  test('leaves out sites whose size is not a number', () => {
    const profiles = [capture([site('broken', Number.NaN), site('fine', 1)])];

    expect(getTopMemoryConsumers(profiles).map((one) => one.function)).toEqual(['fine']);
  });
});

describe('getTopGrowingLocations', () => {
  test('measures growth over all captures, so one capture full of garbage does not decide', () => {
    const profiles = Array.from({ length: 21 }, (_, index) =>
      capture([site('leak', 1 + index), site('garbage', index === 20 ? 500 : 5)]),
    );

    const growing = getTopGrowingLocations(profiles);

    expect(growing).toHaveLength(1);
    expect(growing[0]).toMatchObject({
      function: 'leak',
      growthMbPerRequest: 1,
      growthMb: 20,
      captures: 21,
    });
  });

  test('does not take absence for zero', () => {
    const profiles = Array.from({ length: 20 }, (_, index) =>
      capture(index < 10 ? [] : [site('late', 7)]),
    );

    expect(getTopGrowingLocations(profiles)).toEqual([]);
  });
});
