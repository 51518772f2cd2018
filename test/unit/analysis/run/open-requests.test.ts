import { expect, test } from 'vitest';
import { openRequests } from '../../../../lib/analysis/run/open-requests.js';
import type { TimelineEntry } from '../../../../lib/core/timeline.js';
import { simulate } from '../../../support/synthetic-run.js';

const { timeline } = simulate({ endpoints: [{ name: 'a' }], floors: 3 });

/** A timeline with these requests in flight, still running unless it stops. */
function inFlight(counts: readonly number[], lastKind: TimelineEntry['kind'] = 'tick') {
  const [first] = timeline;
  if (first === undefined) throw new Error('The simulation made no timeline');
  return counts.map((count, index) => ({
    ...first,
    inFlight: count,
    kind: index === counts.length - 1 ? lastKind : ('tick' as const),
  }));
}

test('counts what is open at a clean end', () => {
  expect(openRequests(inFlight([4, 9, 3], 'stop'))).toBe(3);
  expect(openRequests(inFlight([4, 9, 0], 'stop'))).toBe(0);
});

test('sees requests pile up in a run that goes on', () => {
  const climbing = Array.from({ length: 60 }, (_, index) => (index % 5) + index);

  expect(openRequests(inFlight(climbing))).toBe(50 - 13);
});

test('takes steady concurrency, peaks and a quiet end for what they are', () => {
  const steady = Array.from({ length: 60 }, (_, index) => 50 + (index % 7));
  const peak = steady.map((count, index) => (index > 20 && index < 40 ? count * 10 : count));

  expect(openRequests(inFlight(steady))).toBe(0);
  expect(openRequests(inFlight(peak))).toBe(0);
  expect(openRequests(inFlight([]))).toBe(0);
  expect(openRequests(inFlight([0, 900]))).toBe(0);
});
