import { expect, test } from 'vitest';
import { runOverhead } from '../../../../lib/analysis/run/run-overhead.js';
import type { TimelineEntry } from '../../../../lib/core/timeline.js';
import { simulate } from '../../../support/synthetic-run.js';

const { timeline } = simulate({ endpoints: [{ name: 'a' }], floors: 3 });

test('is what the last entry tells that has it, with the time until then', () => {
  expect(runOverhead(timeline)).toEqual({
    elapsedMs: 6000,
    probes: 3,
    siteReadMs: 1.5,
    probePauseMs: 6,
    probeCpuMs: 60,
    selfMb: 0.25,
  });
});

test('counts the floors of probes only', () => {
  const natural = timeline.map((entry) => ({ ...entry, probed: false }));

  expect(runOverhead(natural)?.probes).toBe(0);
});

test('has no negative time when the clock was set back', () => {
  const [first, ...others] = timeline;
  const later = first === undefined ? [] : [{ ...first, timestamp: first.timestamp + 1e9 }];

  expect(runOverhead([...later, ...others])?.elapsedMs).toBe(0);
});

test('is not known of a run that tells none', () => {
  const silent = timeline.map(({ overhead: _, ...entry }): TimelineEntry => entry);

  expect(runOverhead(silent)).toBeUndefined();
  expect(runOverhead([])).toBeUndefined();
});
