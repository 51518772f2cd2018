import { describe, expect, test } from 'vitest';
import { attributeRun } from '../../../../lib/analysis/blame/attribute-run.js';
import { endpointFrames } from '../../../../lib/analysis/sites/endpoint-frames.js';
import { growthByEndpoint } from '../../../../lib/analysis/sites/endpoint-growth.js';
import { findGrowingSites } from '../../../../lib/analysis/sites/growing-sites.js';
import { mergeStacks } from '../../../../lib/analysis/sites/merge-stacks.js';
import { toSiteHistory } from '../../../../lib/analysis/sites/stack-series.js';
import { analyzeTrends } from '../../../../lib/analysis/trend/analyze-trends.js';
import type { StackFrame } from '../../../../lib/core/profile.js';
import { floorsWithin, type ProbedRun, readProbedRuns } from '../../../bench/detect/series.mjs';

/** Functions of the recorder itself, which heaptide's addon would leave out. */
const RECORDER = /doProbe|siteKey|siteDue|maybeProbe|walk:|record:|probeDue/;

const runs = readProbedRuns();

function framesOf(key: string): StackFrame[] {
  return key.split('<').map((part) => {
    const [name = '', line = '1'] = part.split(':');
    return { function: name, file: 'app.js', line: Number(line) || 1, column: 1 };
  });
}

/** Route functions `route_3` serve endpoint `3`. */
function handlersOf(keys: readonly string[]) {
  return keys.flatMap(framesOf).flatMap((handler) => {
    const endpoint = /^route_(\d+)$/.exec(handler.function)?.[1];
    return endpoint === undefined ? [] : [{ endpoint, handler }];
  });
}

function analyze(run: ProbedRun, window: number) {
  const { keys = [], rows = [] } = run.sites ?? {};
  const floors = floorsWithin(run, window);
  const trends = analyzeTrends(floors);
  const stacks = keys
    .map((key, stack) => ({ run: 'r', stack, frames: framesOf(key) }))
    .filter(({ stack }) => !RECORDER.test(keys[stack] ?? ''));
  const readings = rows
    .filter(([request = 0]) => request <= window + 1)
    .map(([request = 0, ...cells]) => ({ request, session: 1, sites: readingOf(cells) }));
  const isGrowing = trends.heap.verdict === 'leak' || trends.heap.verdict === 'growing';
  const evidence = {
    history: mergeStacks(toSiteHistory(readings, stacks)),
    endpoints: endpointFrames(handlersOf(keys)),
  };
  const sites = findGrowingSites(evidence, isGrowing ? trends.heap.evidence.riseFullBytes : 0);
  const windows = floors.slice(1).flatMap((to, index) => {
    const from = floors[index];
    const counts = run.finished?.[index + 1] ?? [];
    const finished = new Map(counts.map((count, endpoint) => [String(endpoint), count]));
    return from === undefined ? [] : [{ from, to, finished }];
  });
  const heapGrowth = growthByEndpoint(evidence, windows);
  const findings = { sites, ...(heapGrowth && { heapGrowth }) };
  const endpoints = attributeRun({ windows, trends, stacks: findings })?.endpoints ?? new Map();
  const named = [...endpoints].flatMap(([endpoint, { verdict }]) =>
    verdict === 'leak' || verdict === 'growing' ? [Number(endpoint)] : [],
  );
  return { trends, sites, isGrowing, named: named.sort() };
}

function readingOf(cells: readonly number[]) {
  return Array.from({ length: cells.length / 3 }, (_, at) => {
    const [stack = 0, liveBytes = 0, samples = 0] = cells.slice(at * 3, at * 3 + 3);
    return { stack, liveBytes, samples, liveCount: samples };
  });
}

describe('recorded programs with several endpoints', () => {
  const cases = runs
    .filter(({ finished }) => finished !== undefined)
    .map((run): [string, ProbedRun] => [`${run.scenario}, seed ${run.seed}`, run]);

  test.each(cases)('names exactly the endpoints that leak: %s', (_, run) => {
    const { named } = analyze(run, 20_000);

    expect(named).toEqual(run.leakingEndpoints);
  });

  test.each(cases)('misses no leaking endpoint after 5,000 requests: %s', (_, run) => {
    const { named } = analyze(run, 5000);

    expect(named).toEqual(expect.arrayContaining([...run.leakingEndpoints]));
  });
});

describe('recorded programs that leak objects', () => {
  // External and native leaks leave no samples, and the state of retained requests is allocated by healthy functions.
  const leaking = runs.filter(
    ({ label, channel, scenario }) =>
      label === 'leak' && channel === 'heap' && scenario !== 'http_leak_reqhold',
  );

  test.each([
    [5000, 0.9],
    [20_000, 0.95],
  ])(
    'puts the leaking function first after %i requests in a share of at least %d',
    (window, bar) => {
      const found = leaking
        .map((run) => analyze(run, window))
        .filter(({ isGrowing }) => isGrowing)
        .map(({ sites: [first] }) =>
          [first?.function ?? '', ...(first?.stack ?? [])].some((name) => /leak/.test(name)),
        );

      const share = found.filter((isRight) => isRight).length / found.length;
      expect(share).toBeGreaterThanOrEqual(bar);
    },
  );
});
