import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { analyzeEvidence } from '../../../lib/analysis/analyze-evidence.js';
import { EndpointRecords } from '../../../lib/analysis/profiles/run-records.js';
import type { Analysis } from '../../../lib/core/analysis-result.js';
import { toJson } from '../../../lib/report/json.js';
import { toText } from '../../../lib/report/text.js';
import { formatCount, formatShare, printable, shorten, wrap } from '../../../lib/report/wording.js';
import { sampleCapture } from '../../support/last-capture.js';
import { type SyntheticEndpoint, simulate } from '../../support/synthetic-run.js';

const ESCAPE = '\u001b';
const LONG_NAME = `GET /${'segment/'.repeat(20)}:id`;

function analysisOf(endpoints: readonly SyntheticEndpoint[], floors = 300): Analysis {
  const run = simulate({ floors, endpoints });
  const records = endpoints.map(({ name }) => {
    const endpoint = new EndpointRecords(name);
    for (const profile of run.profiles.get(name) ?? []) endpoint.add(profile);
    return endpoint;
  });
  const { timeline, stacks, endpoints: handlers } = run;
  return analyzeEvidence({
    timeline,
    stacks,
    handlers,
    records,
    lastCaptures: [],
    skippedEntries: 0,
    problems: [],
    endings: new Map(),
  });
}

const leaky = analysisOf([
  { name: 'GET /leak', heapBytes: 2000 },
  { name: LONG_NAME },
  { name: '__proto__' },
]);
const healthy = analysisOf([{ name: 'GET /fine' }, { name: 'GET /well' }]);
const few = analysisOf([{ name: 'GET /fine' }, { name: 'GET /well' }], 3);

const text = (analysis: Analysis, options = {}) =>
  toText(analysis, { width: 100, hasColor: false, growth: 20, top: 20, ...options });
const json = (analysis: Analysis, limits = { growth: 20, top: 20 }) =>
  JSON.parse(toJson(analysis, limits));

describe('the text report', () => {
  test('begins with the verdict, and then says who leaks how fast and where', () => {
    const [label, ...lines] = text(leaky).split('\n');

    expect(label).toBe('LEAK');
    expect(lines.join(' ')).toMatch(
      /^GET \/leak leaks 1\.9\d KB\/request \(.*\), retained by keepGET_leak/,
    );
  });

  test.each([40, 80, 90, 100, 250])(
    'is no wider than a terminal of %i columns, 80 and 100 being the limits',
    (width) => {
      for (const analysis of [leaky, healthy, few]) {
        const widest = Math.max(
          ...text(analysis, { width })
            .split('\n')
            .map((line) => line.length),
        );

        expect(widest).toBeLessThanOrEqual(Math.min(100, Math.max(80, width)));
      }
    },
  );

  test('shortens a long name in the middle', () => {
    expect(text(leaky, { width: 80 })).toMatch(/GET \/seg.*….*:id {2,}stable/);
  });

  test('uses colors only when asked to', () => {
    expect(text(leaky)).not.toContain(ESCAPE);
    expect(text(leaky, { hasColor: true })).toContain(`${ESCAPE}[31mLEAK`);
  });

  test('shows the unattributed share where something grows, and no shares where nothing does', () => {
    expect(text(leaky)).toMatch(/\(unattributed\) +(< 1|\d+) %/);
    expect(text(healthy)).not.toMatch(/unattributed|Share\n/);
  });

  test('limits the rows of both lists', () => {
    const report = text(leaky, { growth: 0, top: 0 });

    expect(report).not.toMatch(/Growing functions|Largest functions/);
  });

  test('tells what is missing when there is too little data', () => {
    expect(text(few)).toContain('- Only 3 major-GC floors: a verdict needs at least 7');
  });

  test('tells what heaptide itself cost', () => {
    const report = text(healthy).replaceAll(/\s+/g, ' ');

    expect(report).toContain(
      'Overhead probes: 300 major GCs, 600 ms of pauses, 6,000 ms of CPU time (estimated), 1 % of the time; ' +
        'reading stacks: 150 ms, 0.025 % of the time',
    );
  });

  test.each([
    [30, '30.0 hours'],
    [0.5, '30 minutes'],
    [0.01, '1 minute'],
  ])('tells when the heap limit is reached, in %d hours', (hoursToLimit, time) => {
    const heap = { ...leaky.trends.heap, hoursToLimit };

    const report = text({ ...leaky, trends: { ...leaky.trends, heap } });

    expect(report).toContain(`Heap limit  reached in ${time} at this rate\n`);
  });

  test.each([
    ['near_heap_limit', 'the run died near it'],
    ['clean', 'the run came near it'],
    ['running', 'reached in'],
  ] as const)('forecasts the limit of a run that goes on only: %s', (ended, what) => {
    const runs = leaky.runs.map((run) => ({ ...run, ended, lastCapture: sampleCapture() }));

    expect(text({ ...leaky, runs })).toContain(`Heap limit  ${what}`);
  });

  test('does not let a name from outside drive the terminal', () => {
    const hostile = analysisOf([{ name: `${ESCAPE}[2Jboom` }, { name: 'line\nbreak' }]);

    expect(text(hostile)).not.toContain(ESCAPE);
    expect(text(hostile)).toContain('line?break');
  });
});

describe('the JSON report', () => {
  test('has the documented keys in a stable order', () => {
    const report = json(leaky);

    expect(Object.keys(report)).toEqual([
      'schema',
      'verdict',
      'confidence',
      'summary',
      'runs',
      'trends',
      'endpoints',
      'unattributed_share',
      'growing_sites',
      'warnings',
    ]);
    expect(report.schema).toBe('heaptide.analysis/1');
    expect(Object.keys(report.trends)).toEqual(['heap', 'external', 'native']);
    expect(Object.keys(report.runs[0])).toEqual([
      'run',
      'pid',
      'thread',
      'started',
      'requests',
      'open_requests',
      'ended',
      'overhead',
    ]);
    expect(report.runs[0].overhead).toEqual({
      elapsed_ms: 600_000,
      probes: 300,
      probe_pause_ms: 600,
      probe_cpu_ms: 6000,
      site_read_ms: 150,
      self_mb: 0.25,
    });
    expect(report.trends.heap).toMatchObject({
      verdict: 'leak',
      interval_mb_per_request: [expect.any(Number), expect.any(Number)],
      points: expect.any(Number),
      evidence: { p_full: expect.any(Number), explanation: expect.any(String) },
    });
    expect(report.endpoints[0]).toMatchObject({
      endpoint: 'GET /leak',
      leak_detected: true,
      request_count: expect.any(Number),
      growth_rate_mb_per_request: expect.any(Number),
      growth_interval_mb_per_request: [expect.any(Number), expect.any(Number)],
      share: expect.any(Number),
      reference_rule: {
        leak_detected: expect.any(Boolean),
        r_squared: expect.any(Number),
        p_value: expect.any(Number),
      },
    });
    expect(report.growing_sites[0]).toMatchObject({
      function: 'keepGET_leak',
      file: '/srv/app/store.js',
      line: 100,
      column: 5,
      live_mb: expect.any(Number),
      live_sd_mb: expect.any(Number),
      growth_mb: expect.any(Number),
      growth_mb_per_request: expect.any(Number),
      stack: expect.any(Array),
      endpoints: { 'GET /leak': 1 },
    });
  });

  test('writes null for what bounds nothing', () => {
    expect(json(few).endpoints[0].growth_interval_mb_per_request).toEqual([null, null]);
  });

  test('leaves names that come from the application as they are', () => {
    const names = json(leaky).endpoints.map((one: { endpoint: string }) => one.endpoint);

    expect(new Set(names)).toEqual(new Set(['GET /leak', LONG_NAME, '__proto__']));
  });

  test('limits the rows of both lists', () => {
    const report = json(leaky, { growth: 0, top: 0 });

    expect(report.growing_sites).toEqual([]);
    expect(report.endpoints[0].top_consumers).toEqual([]);
  });

  test('uses snake_case for every key of its own', () => {
    const keys = toJson(leaky, { growth: 20, top: 20 }).match(/(?<=^ *")[^"]+(?=":)/gm) ?? [];

    expect(keys.filter((key) => !/^[a-z]+(_[a-z0-9]+)*$/.test(key))).toEqual(['GET /leak']);
  });
});

describe('wording', () => {
  test('keeps a shortened text within its width, with both ends', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 3, max: 40 }), (name, width) => {
        const short = shorten(name, width);

        expect(short.length).toBe(Math.min(name.length, width));
        expect([short[0], short.at(-1)]).toEqual([name[0], name.at(-1)]);
      }),
    );
  });

  test('keeps every word when it wraps', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,10}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 40 }), (list, width) => {
        const lines = wrap(list.join(' '), width);

        expect(lines.join(' ')).toBe(list.join(' '));
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
      }),
    );
  });

  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('writes the count %i as %s', (count, words) => {
    expect(formatCount(count)).toBe(words);
  });

  test.each([
    [0, '0 %'],
    [0.001, '< 1 %'],
    [0.954, '95 %'],
    [1, '100 %'],
  ])('writes the share %d as %s', (share, words) => {
    expect(formatShare(share)).toBe(words);
  });

  test('replaces control characters', () => {
    expect(printable('a\u0007b\r\nc')).toBe('a?b??c');
  });
});
