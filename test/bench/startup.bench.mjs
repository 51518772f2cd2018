// From import to the first profile, in fresh processes: time, and memory above a process that does not profile.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { figure, report, spread } from './measure.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const ROUNDS = 10;
const MB = 1024 * 1024;

const HEAPTIDE = `
  const { EndpointProfiler, profileEndpoint } = require('heaptide');
  const profiler = EndpointProfiler.getInstance({ enabled: true });
  profileEndpoint('work')(() => 1)();
  if (profiler.getStats().requestsProfiled !== 1) throw new Error('nothing was profiled');`;

/** What each process does: `before` is not measured. */
const PROGRAMS = {
  bare: { work: '' },
  empty: { work: `require('empty')` },
  heaptide: { work: HEAPTIDE },
  heaptideWritten: { work: `${HEAPTIDE} await profiler.startAutoFlush();` },
  pprof: {
    work: `
      const { heap } = require('@datadog/pprof');
      heap.start(512 * 1024, 64);
      heap.profile();`,
  },
  prometheus: {
    work: `
      const { collectDefaultMetrics } = require('prom-client');
      collectDefaultMetrics();`,
  },
  express: { before: `require('express')`, work: '' },
  heaptideInExpress: { before: `require('express')`, work: HEAPTIDE },
};

export async function run() {
  const samples = Object.fromEntries(
    Object.keys(PROGRAMS).map((name) => [name, { ms: [], bytes: [] }]),
  );
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const modules = placeEmptyPackage(directory);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const { ms, bytes } = await measure(program, { directory, modules });
      samples[name].ms.push(ms);
      samples[name].bytes.push(bytes);
    }
  }
  rmSync(directory, { recursive: true });
  const time = (name) => spread(samples[name].ms);
  const memory = (name, base = 'bare') => {
    const floor = spread(samples[base].bytes).median;
    return spread(samples[name].bytes.map((bytes) => (bytes - floor) / MB));
  };
  const row = (what, name, base) => [
    { what: `${what}: time`, figure: figure(time(name), 'ms', 1) },
    { what: `${what}: memory`, figure: figure(memory(name, base), 'MB', 2) },
  ];
  const [ours, oursMemory] = row('heaptide, import to first profile', 'heaptide');
  return report('Start-up, beside a process that does nothing', [
    { ...ours, bar: '<= 25 ms', ok: time('heaptide').median <= 25 },
    { ...oursMemory, bar: '<= 3 MB', ok: memory('heaptide').median <= 3 },
    ...row('a package that does nothing', 'empty'),
    ...row('heaptide, until that profile is in its file', 'heaptideWritten'),
    ...row('heaptide, where express is loaded', 'heaptideInExpress', 'express'),
    ...row('@datadog/pprof, import to first heap profile', 'pprof'),
    ...row('prom-client, import to default metrics', 'prometheus'),
  ]);
}

/**
 * Runs one program. Memory is RSS. The measurement loads nothing before it is read: even `performance` would bring
 * modules of Node.js. Linux counts a process's pages in batches, so that what the process reads is wrong by 0.1 MB and
 * more; there it stops itself, and its pages are counted from outside.
 */
async function measure({ before = '', work }, { directory, modules }) {
  const script = `(async () => {
    ${before};
    const started = process.hrtime.bigint();
    {${work}}
    const ms = Number(process.hrtime.bigint() - started) / 1e6;
    const bytes = process.memoryUsage.rss();
    if (process.platform === 'linux') process.kill(process.pid, 'SIGSTOP');
    console.log(JSON.stringify({ ms, bytes }));
    process.exit();
  })();`;
  const child = spawn(process.execPath, ['-e', script], {
    cwd: ROOT,
    env: { ...process.env, HEAPTIDE_PROFILE_OUTPUT_DIR: directory, NODE_PATH: modules },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const counted = process.platform === 'linux' ? { bytes: await residentBytes(child) } : {};
  return { ...JSON.parse(await text(child.stdout)), ...counted };
}

/** Resident set of a process that stops itself, which goes on then. */
async function residentBytes(child) {
  const read = (file) => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  while (!/^State:\s+T/m.test(read('status'))) await setTimeout(5);
  const kilobytes = Number(/^Rss:\s+(\d+) kB/m.exec(read('smaps_rollup'))[1]);
  child.kill('SIGCONT');
  return kilobytes * 1024;
}

/** What Node.js itself takes to find and load a package with `exports`. Returns the folder that it is in. */
function placeEmptyPackage(directory) {
  const modules = join(directory, 'modules');
  mkdirSync(join(modules, 'empty'), { recursive: true });
  const manifest = { name: 'empty', exports: { '.': { require: './index.js' } } };
  writeFileSync(join(modules, 'empty', 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(modules, 'empty', 'index.js'), '');
  return modules;
}
