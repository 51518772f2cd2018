import { expect, test } from 'vitest';
import type { RunEnding } from '../../../lib/core/analysis-result.js';
import { nearLimitEndings } from '../../../lib/diagnosis/near-limit-endings.js';
import { sampleCapture } from '../../support/last-capture.js';
import { simulate } from '../../support/synthetic-run.js';

const { timeline } = simulate({ endpoints: [{ name: 'order' }], floors: 3 });
const last = timeline.at(-1)?.timestamp ?? 0;

const BEFORE = last - 1;
const AFTER = last + 1;

test.each<{
  readonly left: string;
  readonly thread: number;
  readonly timestamp: number;
  readonly ending: RunEnding | undefined;
  readonly expected: RunEnding;
}>([
  {
    left: 'a dead process',
    thread: 0,
    timestamp: BEFORE,
    ending: 'killed',
    expected: 'near_heap_limit',
  },
  {
    left: 'a run without a timeline',
    thread: 0,
    timestamp: AFTER,
    ending: undefined,
    expected: 'near_heap_limit',
  },
  { left: 'a run that stopped', thread: 0, timestamp: AFTER, ending: 'clean', expected: 'clean' },
  { left: 'a living process', thread: 0, timestamp: AFTER, ending: 'running', expected: 'running' },
  {
    left: 'a worker that went on',
    thread: 3,
    timestamp: BEFORE,
    ending: 'running',
    expected: 'running',
  },
  {
    left: 'a worker that fell silent',
    thread: 3,
    timestamp: AFTER,
    ending: 'running',
    expected: 'near_heap_limit',
  },
])('a last capture of $left: $expected', ({ thread, timestamp, ending, expected }) => {
  const capture = sampleCapture({ run: 'r1', thread, timestamp });
  const endings = new Map(ending === undefined ? [] : [['r1', ending] as const]);

  const refined = nearLimitEndings(endings, [capture], timeline);

  expect(refined.get('r1')).toBe(expected);
});
