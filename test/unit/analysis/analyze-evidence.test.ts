import { describe, expect, test } from 'vitest';
import { analyzeEndpointMemory } from '../../../lib/analysis/analyze-endpoint-memory.js';
import { analyzeEvidence } from '../../../lib/analysis/analyze-evidence.js';
import { EndpointRecords } from '../../../lib/analysis/profiles/run-records.js';
import type { Profile } from '../../../lib/core/profile.js';
import { functionsOf, type SyntheticRun, simulate } from '../../support/synthetic-run.js';

function analyze(...runs: readonly SyntheticRun[]) {
  const names = new Set(runs.flatMap(({ profiles }) => [...profiles.keys()]));
  const records = [...names].map((name) => {
    const endpoint = new EndpointRecords(name);
    for (const profile of runs.flatMap(({ profiles }) => profiles.get(name) ?? []))
      endpoint.add(profile);
    return endpoint;
  });
  return analyzeEvidence({
    timeline: runs.flatMap(({ timeline }) => timeline),
    stacks: runs.flatMap(({ stacks }) => stacks),
    handlers: runs.flatMap(({ endpoints }) => endpoints),
    records,
    lastCaptures: [],
    skippedEntries: 0,
    problems: [],
    endings: new Map(),
  });
}

const verdictsOf = ({ endpoints }: ReturnType<typeof analyze>) =>
  Object.fromEntries(endpoints.map(({ endpoint, verdict }) => [endpoint, verdict]));

describe('analyzeEvidence', () => {
  test('names the endpoint, the rate and the function of a leak, and clears the healthy ones', () => {
    const analysis = analyze(
      simulate({
        floors: 150,
        endpoints: [
          { name: 'GET /leak', heapBytes: 2000 },
          { name: 'GET /cache', cacheBytes: 2000, cacheLimit: 1e6 },
          { name: 'GET /fine' },
        ],
      }),
    );

    expect(analysis.verdict).toBe('leak');
    expect(verdictsOf(analysis)).toEqual({
      'GET /leak': 'leak',
      'GET /cache': 'stable',
      'GET /fine': 'stable',
    });
    expect(analysis.growingSites[0]?.function).toBe(functionsOf('GET /leak').keep);
    expect(analysis.summary).toMatch(
      /^GET \/leak leaks 1\.9\d KB\/request \(.*\), retained by keepGET_leak \(store\.js:100:5\)$/,
    );
    const [leaking] = analysis.endpoints;
    expect(leaking?.share).toBeGreaterThan(0.9);
    // Within 5 % of the truth: the healthy endpoints take a little of the noise.
    expect(Math.abs((leaking?.growthRateMbPerRequest ?? 0) * 2 ** 20 - 2000)).toBeLessThan(100);
    expect(analysis.unattributedShare).toBeLessThan(0.1);
  });

  test('counts the requests of a killed run whose records go on after its last entry', () => {
    const endpoints = [{ name: 'a' }, { name: 'b', weight: 20 }];
    const whole = simulate({ profilesPerFloor: 30, endpoints });
    const last = whole.timeline[10];

    const { runs, endpoints: told } = analyze({ ...whole, timeline: whole.timeline.slice(0, 11) });

    const counts = Object.fromEntries(told.map((one) => [one.endpoint, one.requestCount]));
    const sum = told.reduce((total, { requestCount }) => total + requestCount, 0);
    // Of `a` the records tell more than the timeline, of `b` less.
    expect(counts).toMatchObject({ a: 2400 });
    expect(counts['b']).toBeGreaterThan(2400);
    expect(runs).toMatchObject([{ requests: sum }]);
    expect(sum).toBeGreaterThan(last?.requests ?? Number.POSITIVE_INFINITY);
  });

  test('counts the requests of a run that ended cleanly as its last entry does', () => {
    const run = simulate({ endpoints: [{ name: 'a' }, { name: 'b' }] });

    expect(analyze(run).runs).toMatchObject([{ requests: run.timeline.at(-1)?.requests }]);
  });

  test('names an endpoint that keeps Buffers, with the function that makes them', () => {
    const analysis = analyze(
      simulate({
        floors: 150,
        endpoints: [{ name: 'POST /up', externalBytes: 16_384 }, { name: 'GET /fine' }],
      }),
    );

    expect(analysis.trends.external.verdict).toBe('leak');
    expect(verdictsOf(analysis)).toEqual({ 'POST /up': 'leak', 'GET /fine': 'stable' });
    expect(analysis.summary).toContain('in Buffers made by keepPOST_up');
  });

  test('names an endpoint by the stacks while floors are too few to compare', () => {
    const analysis = analyze(
      simulate({ floors: 7, endpoints: [{ name: 'a', heapBytes: 40_000 }, { name: 'b' }] }),
    );

    expect(verdictsOf(analysis)).toEqual({ a: 'growing', b: 'insufficient' });
    expect(analysis.endpoints[0]?.growthRateMbPerRequest).toBeCloseTo(40_000 / 2 ** 20, 2);
    expect(analysis.unattributedShare).toBeLessThan(0.2);
  });

  test('names nobody while floors are too few to compare and no stack tells', () => {
    const analysis = analyze(
      simulate({
        floors: 7,
        endpoints: [{ name: 'a', heapBytes: 40_000, isDetached: true }, { name: 'b' }],
      }),
    );

    expect(verdictsOf(analysis)).toEqual({ a: 'insufficient', b: 'insufficient' });
    expect(analysis.unattributedShare).toBe(1);
  });

  test('calls nothing a leak in a healthy service', () => {
    const analysis = analyze(
      simulate({
        floors: 150,
        endpoints: [{ name: 'a' }, { name: 'b', cacheBytes: 4000, cacheLimit: 1e6 }],
      }),
    );

    expect(analysis.verdict).toBe('stable');
    expect(Object.values(verdictsOf(analysis))).toEqual(['stable', 'stable']);
    expect(analysis.endpoints.map(({ share }) => share)).toEqual([undefined, undefined]);
    expect(analysis.unattributedShare).toBe(0);
  });

  test('reports endpoints as a group when their requests rise and fall together and no stack decides', () => {
    const analysis = analyze(
      simulate({
        floors: 150,
        endpoints: [
          { name: 'a', heapBytes: 2000, isDetached: true },
          { name: 'b', follows: 'a' },
          { name: 'c' },
        ],
      }),
    );

    expect(verdictsOf(analysis)).toEqual({ a: 'insufficient', b: 'insufficient', c: 'stable' });
    expect(
      analysis.endpoints.find(({ endpoint }) => endpoint === 'a')?.indistinguishableFrom,
    ).toEqual(['b']);
    expect(analysis.summary).toContain('by one of a, b, whose requests rise and fall together');
    expect(analysis.warnings.join()).toContain('a, b');
  });

  test('lets the stacks decide between endpoints with the same load', () => {
    const analysis = analyze(
      simulate({
        floors: 150,
        endpoints: [
          { name: 'a', heapBytes: 2000 },
          { name: 'b', follows: 'a' },
        ],
      }),
    );

    expect(verdictsOf(analysis)).toEqual({ a: 'leak', b: 'stable' });
    expect(analysis.endpoints[0]?.growthRateMbPerRequest).toBeCloseTo(2000 / 2 ** 20, 3);
  });

  test('never mixes runs: it shows the gravest and mentions the latest', () => {
    const leaky = simulate({
      run: 'old',
      floors: 300,
      endpoints: [{ name: 'a', heapBytes: 2000 }],
    });
    const fixed = simulate({
      run: 'new',
      floors: 300,
      endpoints: [{ name: 'a' }],
      started: 1_800_000_000_000,
    });

    const analysis = analyze(leaky, fixed);

    expect(analysis.runs.map(({ run }) => run)).toEqual(['old', 'new']);
    expect(analysis.verdict).toBe('leak');
    expect(analysis.endpoints[0]?.memoryMaxMb).toBeGreaterThan(25);
    expect(analysis.warnings).toContainEqual(
      expect.stringContaining('the latest run, new, is stable'),
    );
  });

  test('says that it knows too little after a few floors', () => {
    const analysis = analyze(
      simulate({ floors: 3, endpoints: [{ name: 'a', heapBytes: 2000 }, { name: 'b' }] }),
    );

    expect(analysis.verdict).toBe('insufficient');
    expect(analysis.confidence).toBe(0);
    expect(analysis.warnings).toContainEqual('Only 3 major-GC floors: a verdict needs at least 7');
  });

  test.each([
    [15, 1],
    [80, 0],
  ])(
    'says of %i natural floors that probes give more, only where they are few',
    (floors, count) => {
      const { timeline, ...rest } = simulate({ floors, endpoints: [{ name: 'GET /fine' }] });
      const natural = timeline.map((entry) => ({ ...entry, probed: false }));

      const { warnings } = analyze({ ...rest, timeline: natural });

      expect(warnings.filter((warning) => warning.includes('natural GCs'))).toHaveLength(count);
    },
  );

  test('finds floors in the records when there is no timeline', () => {
    const run = simulate({ floors: 150, endpoints: [{ name: 'a', heapBytes: 5000 }] });

    const analysis = analyze({ ...run, timeline: [] });

    expect(analysis.trends.heap.points).toBe(149);
    expect(analysis.trends.heap.verdict).toMatch(/leak|growing/);
    expect(analysis.trends.native.verdict).toBe('insufficient');
    expect(analysis.growingSites[0]?.function).toBe(functionsOf('a').keep);
  });

  test('makes something of nothing', () => {
    const analysis = analyze();

    expect(analysis).toMatchObject({
      verdict: 'insufficient',
      runs: [],
      endpoints: [],
      growingSites: [],
    });
  });
});

describe('analyzeEndpointMemory', () => {
  const profiles =
    simulate({ floors: 150, endpoints: [{ name: 'a', heapBytes: 5000 }] }).profiles.get('a') ?? [];

  test('describes the range of memory and the errors', () => {
    const analysis = analyzeEndpointMemory(profiles, { endpoint: 'a' });

    const readings = profiles.map(({ memoryMb }) => memoryMb);
    expect(analysis).toMatchObject({
      endpoint: 'a',
      requestCount: 600,
      errorCount: 12,
      memoryMinMb: Math.min(...readings),
      memoryMaxMb: Math.max(...readings),
      skippedRecords: 0,
    });
    expect(analysis.topConsumers[0]?.function).toBe(functionsOf('a').keep);
  });

  test.each([
    ['NaN', { memoryMb: Number.NaN }],
    ['infinite', { latencyMs: Number.POSITIVE_INFINITY }],
    ['negative', { floorMb: -1 }],
  ])('leaves out and counts a record with a figure that is %s', (_, damage) => {
    const damaged: readonly Profile[] = profiles.map((profile, index) =>
      index === 3 ? { ...profile, ...damage } : profile,
    );

    const analysis = analyzeEndpointMemory(damaged);

    expect([analysis.requestCount, analysis.skippedRecords]).toEqual([599, 1]);
  });

  test('describes the run with the gravest verdict only', () => {
    const other =
      simulate({ run: 'r2', floors: 150, endpoints: [{ name: 'a' }] }).profiles.get('a') ?? [];

    const analysis = analyzeEndpointMemory([...profiles, ...other]);

    expect(analysis.requestCount).toBe(600);
    expect(analysis.memoryMaxMb).toBe(analyzeEndpointMemory(profiles).memoryMaxMb);
  });

  test('is insufficient without profiles', () => {
    expect(analyzeEndpointMemory([])).toMatchObject({
      verdict: 'insufficient',
      leakDetected: false,
      requestCount: 0,
    });
  });
});
