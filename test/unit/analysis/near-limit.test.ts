import { expect, test } from 'vitest';
import { analyzeEvidence } from '../../../lib/analysis/analyze-evidence.js';
import { describeLive } from '../../../lib/analysis/near-limit.js';
import type { LastCapture } from '../../../lib/core/last-capture.js';
import { sampleCapture } from '../../support/last-capture.js';

function analyze(lastCaptures: readonly LastCapture[]) {
  return analyzeEvidence({
    timeline: [],
    stacks: [],
    handlers: [],
    records: [],
    lastCaptures,
    skippedEntries: 0,
    problems: [],
    endings: new Map(lastCaptures.map(({ run }) => [run, 'near_heap_limit'])),
  });
}

test('the largest functions are named, built-in ones with the caller that is user code', () => {
  expect(describeLive(sampleCapture())).toBe(
    '60.0 MB live, of which 50.0 MB from remember (orders.js:12:20), ' +
      '6.00 MB from join called by label (labels.js:7:9) (estimated)',
  );
});

test('without a sampler only the heap is told', () => {
  const { sites: _, ...capture } = sampleCapture();

  expect(describeLive(capture)).toBe('60.0 MB live');
});

test('a run that left nothing but its capture is shown, with how it died', () => {
  const analysis = analyze([sampleCapture()]);

  expect(analysis.runs).toMatchObject([
    { run: 'k3f9', pid: 999_999_999, started: 1_790_000_000_000, ended: 'near_heap_limit' },
  ]);
  expect(analysis.verdict).toBe('insufficient');
  expect(analysis.summary).toContain('died near its heap limit with 60.0 MB live');
  expect(analysis.warnings.join('\n')).toContain('Run k3f9 died near its heap limit at 2026-');
});

test('a death at a time that no date can hold is told without it', () => {
  const { warnings } = analyze([sampleCapture({ timestamp: 1e300 })]);

  expect(warnings.join('\n')).toContain('died near its heap limit at an unknown time: ');
});

test('of many deaths three are told, and the rest counted', () => {
  const captures = Array.from({ length: 7 }, (_, n) => sampleCapture({ run: `run${n}` }));

  const told = analyze(captures).warnings.filter((warning) => warning.includes('heap limit'));

  expect(told).toHaveLength(4);
  expect(told.at(-1)).toBe('4 more runs came near their heap limit');
});
