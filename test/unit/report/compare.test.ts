import { describe, expect, test } from 'vitest';
import { analyzeEvidence } from '../../../lib/analysis/analyze-evidence.js';
import type { Analysis } from '../../../lib/core/analysis-result.js';
import { compare } from '../../../lib/report/diff/compare.js';
import { comparisonToJson } from '../../../lib/report/diff/json.js';
import { comparisonToText } from '../../../lib/report/diff/text.js';
import { type SyntheticEndpoint, simulate } from '../../support/synthetic-run.js';

function analysisOf(endpoints: readonly SyntheticEndpoint[], floors = 300, seed = 1): Analysis {
  const { timeline, stacks, endpoints: handlers } = simulate({ floors, endpoints, seed });
  return analyzeEvidence({
    timeline,
    stacks,
    handlers,
    records: [],
    lastCaptures: [],
    skippedEntries: 0,
    problems: [],
    endings: new Map(),
  });
}

const fine = analysisOf([{ name: 'GET /a' }, { name: 'GET /b' }]);
const slow = analysisOf([{ name: 'GET /a', heapBytes: 2000 }, { name: 'GET /b' }]);
const fast = analysisOf([{ name: 'GET /a', heapBytes: 8000 }, { name: 'GET /b' }]);
const again = analysisOf([{ name: 'GET /a', heapBytes: 2000 }, { name: 'GET /b' }], 300, 7);
const few = analysisOf([{ name: 'GET /a' }], 3);

describe('a comparison', () => {
  test.each([
    ['a leak that is new', fine, slow, 'worse', /^Worse: GET \/a leaks .* \(before: stable\)/],
    ['a leak that is faster', slow, fast, 'worse', /^Worse: GET \/a leaks 7\.\d+ KB\/request/],
    ['a leak that is slower', fast, slow, 'better', /^Better, but not good: GET \/a leaks/],
    ['a leak that is gone', slow, fine, 'better', /^Better: stable now \(before: GET \/a leaks/],
    ['the same leak', slow, again, 'same', /^No difference that can be told: GET \/a leaks/],
    ['two healthy runs', fine, fine, 'same', /^No difference: stable now, stable before$/],
    ['too short a run after', slow, few, 'unknown', /second capture has too few major-GC floors$/],
    ['too short a run before', few, slow, 'unknown', /first capture has too few major-GC floors$/],
  ] as const)('tells %s', (_, before, after, change, conclusion) => {
    const comparison = compare(before, after);

    expect(comparison.change).toBe(change);
    expect(comparison.conclusion).toMatch(conclusion);
  });

  test('names what changed before what did not', () => {
    const { endpoints, sites } = compare(fine, slow);

    expect(endpoints.map(({ name, change }) => [name, change])).toEqual([
      ['GET /a', 'worse'],
      ['GET /b', 'same'],
    ]);
    expect(sites.map(({ name, change, before }) => [name, change, before])).toEqual([
      ['keepGET_a (app/store.js)', 'worse', undefined],
    ]);
  });

  test('knows a function again though it moved', () => {
    const [site] = slow.growingSites;
    if (site === undefined) throw new Error('Nothing grows');
    const moved = { ...slow, growingSites: [{ ...site, file: '/next/app/store.js', line: 7 }] };

    expect(compare(slow, moved).sites.map(({ change }) => change)).toEqual(['same']);
  });

  test('calls what is on one side only new and gone in its text', () => {
    const text = (before: Analysis, after: Analysis) =>
      comparisonToText(compare(before, after), { width: 80, hasColor: false });

    expect(text(fine, slow)).toMatch(/keepGET_a \(app\/store\.js\) +new +- +[\d.]+ K?B\/request/);
    expect(text(slow, fine)).toMatch(/keepGET_a \(app\/store\.js\) +gone +[\d.]+ K?B\/request +-/);
    expect(
      Math.max(
        ...text(fine, slow)
          .split('\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThan(81);
  });

  test('has a stable form for scripts', () => {
    const report = JSON.parse(comparisonToJson(compare(few, slow)));

    expect(Object.keys(report)).toEqual([
      'schema',
      'change',
      'conclusion',
      'before',
      'after',
      'endpoints',
      'sites',
    ]);
    expect(report).toMatchObject({
      schema: 'heaptide.diff/1',
      change: 'unknown',
      before: {
        verdict: 'insufficient',
        trends: { heap: { interval_mb_per_request: [null, null] } },
      },
      after: { verdict: 'leak', run: 'r1' },
      sites: [{ site: 'keepGET_a (app/store.js)', before: null, after: { line: 100 } }],
    });
  });
});
