import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeEvidence, type Evidence } from '../../../lib/analysis/analyze-evidence.js';
import type { Excerpt } from '../../../lib/core/excerpt.js';
import type { TimelineEntry } from '../../../lib/core/timeline.js';
import { readLiveMemory, totalOf } from '../../../lib/report/live-memory.js';
import { buildPage } from '../../../lib/report/page/build-page.js';
import { html, jsonScript } from '../../../lib/report/page/html.js';
import { toIcicle } from '../../../lib/report/page/icicle.js';
import { toGcSeries, toMemorySeries } from '../../../lib/report/page/memory-series.js';
import type { IcicleNode } from '../../../lib/report/page/page-data.js';
import { showEntries } from '../../../lib/report/page/shown-entries.js';
import { blocks } from '../../../lib/report/top/top-frame.js';
import { type SyntheticRun, simulate } from '../../support/synthetic-run.js';

const ENDPOINTS = [{ name: 'GET /leak', heapBytes: 2000 }, { name: 'GET /fine' }];

function evidenceOf(...runs: readonly SyntheticRun[]): Evidence {
  return {
    timeline: runs.flatMap(({ timeline }) => timeline),
    stacks: runs.flatMap(({ stacks }) => stacks),
    handlers: runs.flatMap(({ endpoints }) => endpoints),
    records: [],
    lastCaptures: [],
    skippedEntries: 0,
    problems: [],
    endings: new Map(),
  };
}

const first = simulate({ run: 'r0', endpoints: ENDPOINTS, floors: 40, started: 1_789_999_000_000 });
const second = simulate({ endpoints: ENDPOINTS, floors: 300 });
const parallel = simulate({ run: 'r2', endpoints: ENDPOINTS, floors: 100 });
const evidence = evidenceOf(first, second);
const analysis = analyzeEvidence(evidence);

describe('markup', () => {
  test('takes what is put in as text, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { text: markup } = html`<p title="${text}">${[text]}</p>`;

        expect(markup.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).toMatch(
          /^<p title="[^<>"]*">[^<>"]*<\/p>$/,
        );
      }),
    );
  });

  test('gives data to a script without ending its element', () => {
    const data = { name: '</script><script>alert(1)</script>', lines: '\u2028' };

    const { text } = jsonScript('data', data);

    expect(text.match(/<\/?script/g)).toEqual(['<script', '</script']);
    expect(JSON.parse(text.replace(/^<script[^>]*>|<\/script>$/g, ''))).toEqual(data);
  });
});

describe('the memory chart', () => {
  const { entries } = showEntries(evidence.timeline, 'r1');
  const memory = toMemorySeries(entries, analysis);

  test('shows runs that follow each other, with a mark where the next one begins', () => {
    expect(memory.restarts.map((at) => entries[at]?.run)).toEqual(['r1']);
    expect(memory.time).toEqual(memory.time.toSorted((a, b) => a - b));
    expect(memory.requests).toEqual(memory.requests.toSorted((a, b) => a - b));
  });

  test('leaves out runs at the same time, and counts them', () => {
    const shown = showEntries(evidenceOf(second, parallel).timeline, 'r1');

    expect(new Set(shown.entries.map(({ run }) => run))).toEqual(new Set(['r1']));
    expect(shown.parallelRuns).toBe(1);
  });

  test('lays the trend through the floors, within its band', () => {
    const [trend] = memory.trends;

    const last = memory.floor.findLastIndex((value) => value !== null);
    const at = (column: readonly (number | null)[] = []) => column[last] ?? Number.NaN;
    expect(memory.trends.map(({ channel }) => channel)).toEqual(['heap']);
    expect(Math.abs(at(trend?.mid) - at(memory.floor))).toBeLessThan(1);
    expect(at(trend?.low)).toBeLessThan(at(trend?.mid));
    expect(at(trend?.high)).toBeGreaterThan(at(trend?.mid));
    expect(trend?.mid[entries.findIndex(({ run }) => run === 'r0')]).toBeNull();
  });

  test('keeps floors and peaks when there are too many readings', () => {
    const [start] = second.timeline;
    if (start === undefined) throw new Error('No entries');
    const { process: _, ...tick } = start;
    const peak = 50_000;
    const long = Array.from(
      { length: 100_000 },
      (__, index): TimelineEntry => ({
        ...tick,
        kind: index % 500 === 0 ? 'floor' : 'tick',
        timestamp: start.timestamp + index,
        usedMb: index === peak ? 999 : 20,
      }),
    );

    const { entries: shown, thinned } = showEntries(long, 'r1');

    expect(shown.length).toBeLessThanOrEqual(3000);
    expect(shown.length + thinned).toBe(100_000);
    expect(shown.filter(({ kind }) => kind === 'floor').length).toBe(200);
    expect(shown.filter(({ usedMb }) => usedMb === 999).length).toBe(1);
  });

  test('is empty for a service without a timeline', () => {
    const nothing = showEntries([], 'r1');

    expect(nothing).toEqual({ entries: [], parallelRuns: 0, thinned: 0 });
    expect(toMemorySeries([], analysis)).toMatchObject({ time: [], trends: [], restarts: [] });
    expect(toGcSeries([])).toEqual({ time: [], pausePercent: [], freedMbPerSecond: [] });
  });
});

describe('the stacks', () => {
  test('hold in each frame at least what its callees hold, and all in the first', () => {
    const memory = readLiveMemory(evidence, 'r1');
    if (memory === undefined) throw new Error('No stacks');

    const { root, omitted } = toIcicle(memory, evidence.handlers);

    const isSound = ({ value, children }: IcicleNode): boolean =>
      children.reduce((sum, child) => sum + child.value, 0) <= value && children.every(isSound);
    expect([root.value, omitted]).toEqual([totalOf(memory).bytes, 0]);
    expect(isSound(root)).toBe(true);
    expect(JSON.stringify(root)).toContain('handleGET_leak (GET /leak)');
  });

  test('are those of the run that is asked for', () => {
    expect(readLiveMemory(evidence, 'nobody')).toBeUndefined();
    expect(readLiveMemory(evidence, 'r0')?.requests).toBe(first.timeline.at(-1)?.requests);
  });
});

describe('the page', () => {
  const assets = { script: 'draw()', style: 'p {}' };
  const pageOf = (excerpt?: Excerpt) =>
    buildPage(
      { title: 'service', generated: 0, analysis, evidence, excerptOf: () => excerpt },
      assets,
    );

  test('forbids everything but its own script', () => {
    const [, policy = ''] = /Content-Security-Policy" content="([^"]+)"/.exec(pageOf()) ?? [];

    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'sha256-[\w+/]{43}='$/);
  });

  test('tells once what probes cost', () => {
    const told = pageOf().match(/300 major GCs, 600 ms of pauses, 6,000 ms of CPU time/g);

    expect(told).toHaveLength(1);
  });

  test('quotes the source, and marks it when it changed after the profile', () => {
    const excerpt = { firstLine: 99, lines: ['// <before>', 'function keep() {'] };
    const fresh = pageOf({ ...excerpt, changed: 0 });
    const changed = pageOf({ ...excerpt, changed: 9e12 });

    expect(fresh).toContain('// &lt;before&gt;');
    expect(fresh).not.toContain('The file changed after this profile');
    expect(changed).toContain('The file changed after this profile, at 2255-');
  });
});

describe('a curve of block characters', () => {
  test.each([
    [[], ''],
    [[5], '▁'],
    [[1, 1, 1], '▁▁▁'],
    [[0, 7], '▁█'],
    [[0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
  ])('of %j is %s', (values, curve) => {
    expect(blocks(values, 80)).toBe(curve);
  });

  test('shows the latest values where there are more than columns', () => {
    expect(blocks([9, 9, 9, 0, 7], 2)).toBe('▁█');
  });
});
