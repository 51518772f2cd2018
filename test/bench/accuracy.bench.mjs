// How right the figures are: live bytes of a site against the bytes that its function keeps, and counted GCs against
// V8's own log. Takes about three minutes.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { report } from './measure.mjs';

const require = createRequire(import.meta.url);
const { loadBinding } = require('../../dist/binding/load.js');
const { sampledInterval } = require('../../dist/core/sampled-interval.js');
const { HEAP, SITE, SITE_COLUMNS } = require('../../dist/binding/contract.js');

const TRACE_GC = join(import.meta.dirname, '..', 'native', 'fixtures', 'trace-gc.cjs');
const KIB = 1024;
const MIB = 1024 * KIB;
/** Of a standard normal distribution: 95 % lie within. */
const Z = 1.96;

export async function run() {
  const { binding } = loadBinding();
  let missed = 0;
  for (const intervalBytes of [512 * KIB, 128 * KIB, 32 * KIB]) {
    for (const size of [MIB, 10 * MIB]) {
      missed += reportTrials({ intervalBytes, size }, trials(binding, { intervalBytes, size }));
    }
  }
  return missed + (await reportGcs());
}

/** As many as bring the standard error of the bias to 1 %: one estimate of 1 MB from two samples spreads by 70 %. */
function trialsFor({ intervalBytes, size }) {
  return Math.max(200, Math.ceil((intervalBytes / size) * 100 ** 2));
}

/** Estimates and truths of as many sampling sessions as it takes. */
function trials(binding, { intervalBytes, size }) {
  const count = trialsFor({ intervalBytes, size });
  const results = [];
  // A plain variable would be garbage as soon as nothing reads it any more.
  const kept = [];
  for (let trial = 0; trial < count; trial++) {
    const before = floor(binding);
    binding.startSampler({ intervalBytes, stackDepth: 32, selfPath: '/nowhere' });
    kept.push(keepObjects(size));
    const truth = floor(binding) - before;
    results.push({ truth, ...estimateOf(binding, 'keepObjects') });
    binding.stopSampler();
    kept.pop();
  }
  return results;
}

/** A chain of objects with arrays, 104 bytes each, `size` bytes in all. */
function keepObjects(size) {
  let chain;
  for (let i = 0; i < size / 104; i++) chain = { a: i, next: chain, c: [i, i] };
  return chain;
}

/** Used heap without garbage. Two GCs: the first one leaves what weak callbacks free. */
function floor(binding) {
  globalThis.gc();
  globalThis.gc();
  binding.read();
  return binding.heap[HEAP.used];
}

/** Live bytes and variance of all stacks in which `name` allocated. */
function estimateOf(binding, name) {
  const { rows } = binding.readSites(10_000);
  let [liveBytes, variance] = [0, 0];
  for (let at = 0; at < rows.length; at += SITE_COLUMNS.length) {
    const [allocator] = binding.stackFrames(rows[at + SITE.stack]);
    if (allocator !== name) continue;
    liveBytes += rows[at + SITE.liveBytes];
    variance += rows[at + SITE.variance];
  }
  return { liveBytes, variance };
}

function reportTrials({ intervalBytes, size }, results) {
  const count = results.length;
  const ratios = results.map(({ liveBytes, truth }) => liveBytes / truth);
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / count;
  const sd = Math.sqrt(ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0) / (count - 1));
  const truth = results.reduce((sum, result) => sum + result.truth, 0) / count;
  const poisson = Math.sqrt(intervalBytes / truth);
  const standardError = poisson / Math.sqrt(count);
  const printed = results.filter(({ liveBytes }) => liveBytes > 0);
  const held = printed.filter(isHeld).length / printed.length;
  const samples = truth / intervalBytes;
  const bias = mean - 1;
  const coverageError = Math.sqrt((0.95 * 0.05) / count);
  return report(`${size / MIB} MB at an interval of ${intervalBytes / KIB} KiB, ${count} trials`, [
    {
      what: 'bias, with its standard error',
      figure: `${percent(bias)} +/- ${percent(standardError)}`,
      bar: '<= 2 %',
      ok: Math.abs(bias) <= 0.02 + Z * standardError,
    },
    {
      what: 'spread over that of Poisson sampling',
      figure: `${(sd / poisson).toFixed(2)} x`,
      bar: '<= 1.15 x',
      // The spread of a spread: 1 / sqrt(2 n).
      ok: sd / poisson <= 1.15 + Z / Math.sqrt(2 * count),
    },
    {
      what: '95 % intervals that hold the truth',
      figure: percent(held),
      // Counts of a few samples are too coarse for 95 %: the interval holds more often.
      bar: samples < 10 ? '>= 93 %' : '93-97 %',
      ok: held >= 0.93 - Z * coverageError && (samples < 10 || held <= 0.97 + Z * coverageError),
    },
  ]);
}

/** Whether the 95 % interval that the reports print for the estimate holds the truth. */
function isHeld({ liveBytes, variance, truth }) {
  const [low, high] = sampledInterval(liveBytes, Math.sqrt(variance));
  return low <= truth && truth <= high;
}

async function reportGcs() {
  const { stdout } = await promisify(execFile)(process.execPath, [TRACE_GC]);
  const [trace, counted] = stdout.split('counted');
  const lines = trace.split('\n').filter((line) => / ms: /.test(line)).length;
  const [minor, major] = counted.trim().split(' ').map(Number);
  return report('GCs of a process, counted', [
    {
      what: 'counted, of the lines of --trace-gc',
      figure: `${minor + major} of ${lines}`,
      bar: 'all',
      ok: minor + major === lines,
    },
  ]);
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
