import { describe, expect, test } from 'vitest';
import { readRuns } from '../../../../lib/analysis/run/run-history.js';
import type { TimelineEntry } from '../../../../lib/core/timeline.js';
import { simulate } from '../../../support/synthetic-run.js';

const MB = 1024 * 1024;
const { timeline } = simulate({ endpoints: [{ name: 'a' }, { name: 'b' }], floors: 3 });

function entries(changes: readonly Partial<TimelineEntry>[]): TimelineEntry[] {
  const [first] = timeline;
  if (first === undefined) throw new Error('The simulation made no timeline');
  return changes.map((change) => ({ ...first, ...change }));
}

describe('readRuns', () => {
  test('keeps runs apart however their entries alternate', () => {
    const runs = readRuns(
      entries([
        { run: 'x', requests: 1 },
        { run: 'y', requests: 5 },
        { run: 'x', requests: 2 },
      ]),
    );

    expect(runs.map(({ run, requests }) => [run, requests])).toEqual([
      ['x', 2],
      ['y', 5],
    ]);
  });

  test('counts what finished between two floors, ticks included, and nothing from before the first floor', () => {
    const [run] = readRuns(
      entries([
        { kind: 'start', finished: { a: 100 } },
        { kind: 'floor', requests: 110, finished: { a: 10 } },
        { kind: 'tick', finished: { a: 1, b: 2 } },
        { kind: 'floor', requests: 117, finished: { b: 4 } },
      ]),
    );

    expect(run?.windows.map(({ finished }) => Object.fromEntries(finished))).toEqual([
      { a: 1, b: 6 },
    ]);
    expect(Object.fromEntries(run?.finished ?? [])).toEqual({ a: 111, b: 6 });
  });

  test('subtracts code from the heap, and carries its size over floors that do not know it', () => {
    const [run] = readRuns(
      entries([
        { kind: 'floor', usedMb: 20, codeMb: 0 },
        { kind: 'floor', usedMb: 20, codeMb: 2 },
        { kind: 'floor', usedMb: 21, codeMb: 0 },
      ]),
    );

    expect(run?.floors.map(({ heap }) => heap / MB)).toEqual([18, 18, 19]);
  });

  test('takes endpoint names as data, whatever they are', () => {
    const finished = JSON.parse('{"__proto__": 3, "constructor": 2}');

    const [run] = readRuns(entries([{ kind: 'floor', finished }]));

    expect([...(run?.finished ?? [])]).toEqual([
      ['__proto__', 3],
      ['constructor', 2],
    ]);
  });
});
