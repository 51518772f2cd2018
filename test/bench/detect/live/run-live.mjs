// Part two of the evaluation: small programs in processes of their own, each an HTTP service with the real profiler and
// its defaults. The figures of seeds count that no threshold was set with; `SEEDS=1,2` runs the seeds for that.
import { loadavg } from 'node:os';
import { printTable } from '../tables.mjs';
import { HEALTHY } from './healthy.mjs';
import { LEAKS } from './leaks.mjs';
import { mapConcurrently, observe } from './observe.mjs';
import { seedsOr } from './random.mjs';

const REQUESTS = 5000;
const SECONDS = 45;
// Requests after which bounded growth has ended: half the run, as a window counts only when its caches are full.
const BOUND = 1500;
// Services at a time: together they take about one core.
const CONCURRENCY = 4;
const FROZEN_SEEDS = [20, 21, 22];

/** Runs all programs with each seed, prints what came out, and returns the bars that the seeds together miss. */
export async function runLive() {
  const all = [];
  for (const seed of seedsOr(FROZEN_SEEDS)) {
    const results = await mapConcurrently([...LEAKS, ...HEALTHY], CONCURRENCY, async (program) =>
      judge(program, await run(program, seed)),
    );
    console.log(
      `## Live, seed ${seed}: ${REQUESTS} requests each, load ${loadavg()[0].toFixed(1)}\n`,
    );
    printResults(results);
    all.push(...results);
  }
  return [...missedBars(summarize(all))];
}

function run({ name, traffic = 'steady' }, seed) {
  return observe({
    programs: [name],
    seed,
    bound: BOUND,
    traffic: { requests: REQUESTS, seconds: SECONDS, shape: traffic, pick: () => name },
  });
}

function judge(program, { analysis, events, probes, truths }) {
  const channel = program.channel ?? 'heap';
  const trend = analysis.trends[channel];
  const isRaised = events.some(({ kind }) => kind === 'raised');
  const result = { program, analysis, events, probes, trend, isRaised };
  const truth = truths[program.name]?.[channel];
  if (truth === undefined) return result;
  const [low, high] = trend.intervalMbPerRequest.map(toBytes);
  return {
    ...result,
    truth,
    isFound: trend.verdict === 'leak',
    isFirst: analysis.growingSites[0]?.function === program.culprit,
    // V8's stacks do not hold inlined functions: what a small one allocates counts for its caller.
    isInlined: analysis.growingSites[0]?.function === 'handle',
    slope: toBytes(trend.slopeMbPerRequest),
    error: Math.abs(toBytes(trend.slopeMbPerRequest) / truth - 1),
    isCovered: low <= truth && truth <= high,
    interval: [low, high],
  };
}

function summarize(results) {
  const leaks = results.filter(({ truth }) => truth !== undefined);
  const healthy = results.filter(({ truth }) => truth === undefined);
  const found = leaks.filter(({ isFound }) => isFound);
  const errors = found.map(({ error }) => error).sort((a, b) => a - b);
  return {
    leaks: leaks.length,
    found: found.length,
    healthy: healthy.length,
    alarms: healthy.filter(
      ({ analysis, isRaised }) => isRaised || ['leak', 'growing'].includes(analysis.verdict),
    ).length,
    first: found.filter(({ isFirst }) => isFirst).length,
    inlined: found.filter(({ isInlined }) => isInlined).length,
    medianError: errors[errors.length >> 1],
    covered: found.filter(({ isCovered }) => isCovered).length,
  };
}

function* missedBars({ leaks, found, healthy, alarms, first, inlined, medianError, covered }) {
  const bars = [
    [`${found} of ${leaks} leaks confirmed`, found >= 0.95 * leaks, '95 %'],
    [`${alarms} of ${healthy} healthy programs with an alarm`, alarms === 0, 'none'],
    [
      `right function first in ${first} of ${found}, and in ${inlined} the handler that V8 inlined it into`,
      first >= 0.9 * found,
      '90 %',
    ],
    [`median slope error ${percent(medianError)}`, !(medianError > 0.05), '5 %'],
    [`interval covers the truth in ${covered} of ${found}`, covered >= 0.9 * found, '90 %'],
  ];
  for (const [what, isHeld, bar] of bars) {
    console.log(`${isHeld ? '+' : '!'} ${what} (bar: ${bar})`);
    if (!isHeld) yield `live: ${what}, bar ${bar}`;
  }
  console.log('');
}

function printResults(results) {
  printTable(
    ['leak', 'B/request', 'verdict', 'estimate', 'error', 'interval', 'function first', 'floors'],
    results
      .filter(({ truth }) => truth !== undefined)
      .map((one) => [
        one.program.name,
        one.truth.toFixed(0),
        one.trend.verdict,
        one.slope.toFixed(0),
        percent(one.error),
        `${one.interval.map((end) => end.toFixed(0)).join(' to ')}${one.isCovered ? '' : ' !'}`,
        one.isFirst ? one.program.culprit : `! ${one.analysis.growingSites[0]?.function ?? 'none'}`,
        one.trend.points,
      ]),
  );
  printTable(
    ['healthy program', 'heap', 'external', 'native', 'raised', 'floors'],
    results
      .filter(({ truth }) => truth === undefined)
      .map(({ program, analysis: { trends }, isRaised }) => [
        program.name,
        trends.heap.verdict,
        trends.external.verdict,
        trends.native.verdict,
        isRaised ? 'raised' : '',
        trends.heap.points,
      ]),
  );
}

function toBytes(mb) {
  return mb * 1024 * 1024;
}

function percent(share) {
  return share === undefined ? '' : `${(100 * share).toFixed(1)} %`;
}
