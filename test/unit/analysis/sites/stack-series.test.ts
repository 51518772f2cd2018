import { describe, expect, test } from 'vitest';
import { toSiteHistory } from '../../../../lib/analysis/sites/stack-series.js';
import { STACKS_PER_READING } from '../../../../lib/core/timeline.js';
import { frame, INTERVAL } from './sampled-stacks.js';

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
      { request: 0, session: 1, sites: full(row(0, 5)) },
      { request: 100, session: 1, sites: full(row(0, 5), row(1, 9)) },
      {
        request: 200,
        session: 1,
        sites: full(row(0, 20)).map((site) => ({ ...site, samples: 20 })),
      },
    ];

    const series = toSiteHistory(readings, stacks).stacks.find(
      ({ frames }) => frames[0]?.function === 'f1',
    );

    expect(series?.samples).toEqual([5, 9, 9]);
  });

  test('takes a stack to hold nothing where a reading that lists all leaves it out', () => {
    const readings = [
      { request: 0, session: 1, sites: [row(0, 5)] },
      { request: 100, session: 1, sites: [row(0, 5), row(1, 9)] },
    ];

    const series = toSiteHistory(readings, stacks).stacks.find(
      ({ frames }) => frames[0]?.function === 'f1',
    );

    expect(series?.samples).toEqual([0, 9]);
  });

  test('adds what a new session of the sampler finds to what lasted at the end of the one before', () => {
    // What grows lasts; what requests in flight hold at the last floor, or at the one in the middle, does not.
    const readings = [
      { request: 0, session: 1, sites: [row(0, 5), row(1, 3)] },
      { request: 100, session: 1, sites: [row(0, 7), row(1, 3)] },
      { request: 200, session: 1, sites: [row(0, 90), row(1, 3)] },
      { request: 300, session: 1, sites: [row(0, 11), row(1, 3)] },
      { request: 400, session: 1, sites: [row(0, 13), row(1, 20)] },
      { request: 500, session: 2, sites: [row(0, 1)] },
      { request: 600, session: 2, sites: [row(0, 3), row(1, 1)] },
    ];

    const series = toSiteHistory(readings, stacks).stacks;

    expect(series.map(({ samples }) => samples)).toEqual([
      [5, 7, 90, 11, 13, 14, 16],
      [3, 3, 3, 3, 20, 3, 4],
    ]);
  });

  test('looks at a bounded number of floors, the first and the last among them', () => {
    const readings = Array.from({ length: 5000 }, (_, index) => ({
      request: index,
      session: 1,
      sites: [row(0, 1)],
    }));

    const { requests: floors } = toSiteHistory(readings, stacks);

    expect(floors).toHaveLength(64);
    expect([floors[0], floors.at(-1)]).toEqual([0, 4999]);
  });
});
