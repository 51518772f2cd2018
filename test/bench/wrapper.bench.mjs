// The price of one profiled request: empty handlers, bare and wrapped, with an off-vs-off control in the same run.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, figure, report } from './measure.mjs';

const { EndpointProfiler, profileEndpoint } = createRequire(import.meta.url)('../../dist/index.js');

// Lightweight requests only: every rule that would capture details is off.
const LIGHTWEIGHT = { error: false, spikeRatio: 0, periodicEvery: 0, postGc: false };

/** Records are what is measured, so that none is left out. */
const EVERY_ONE = 1_000_000;

export async function run() {
  const outputDir = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const options = {
    outputDir,
    bufferSize: 4096,
    maxRecordsPerSecond: EVERY_ONE,
    probe: { enabled: false },
  };
  const on = new EndpointProfiler({ ...options, capture: LIGHTWEIGHT, enabled: true });
  const off = new EndpointProfiler(options);
  const detailing = { ...LIGHTWEIGHT, periodicEvery: 1 };
  const sites = { refreshMs: 3_600_000, maxCpuShare: 1 };
  const detailed = new EndpointProfiler({
    ...options,
    outputDir: join(outputDir, 'detailed'),
    capture: detailing,
    sites,
    enabled: true,
  });
  const sync = handlers((value) => value, { on, off, detailed });
  const async_ = handlers(async (value) => value, { on, off });

  const syncResult = await compare(
    { bare: loop(sync.bare), bareAgain: loop(sync.bare), off: loop(sync.off), on: loop(sync.on) },
    { iterations: 200_000 },
  );
  const asyncResult = await compare(
    {
      bare: asyncLoop(async_.bare),
      bareAgain: asyncLoop(async_.bare),
      off: asyncLoop(async_.off),
      on: asyncLoop(async_.on),
    },
    { iterations: 50_000 },
  );
  const detailedResult = await compare({ detailed: loop(sync.detailed) }, { iterations: 1000 });
  await Promise.all([on.stop(), detailed.stop()]);
  const growth = await heapGrowthOfAMillion(outputDir);
  rmSync(outputDir, { recursive: true, force: true });

  const over = (result, name) => result[name].median - result.bare.median;
  return report('One profiled request, above the bare handler', [
    { what: 'sync handler, bare', figure: figure(syncResult.bare, 'ns', 1) },
    { what: 'sync, control (bare again)', figure: ns(over(syncResult, 'bareAgain')) },
    { what: 'sync, wrapped, profiling off', figure: ns(over(syncResult, 'off')) },
    {
      what: 'sync, wrapped, lightweight record',
      figure: ns(over(syncResult, 'on')),
      bar: '<= 500 ns',
      ok: over(syncResult, 'on') <= 1000,
    },
    { what: 'async handler, bare', figure: figure(asyncResult.bare, 'ns', 1) },
    { what: 'async, control (bare again)', figure: ns(over(asyncResult, 'bareAgain')) },
    { what: 'async, wrapped, profiling off', figure: ns(over(asyncResult, 'off')) },
    {
      what: 'async, wrapped, lightweight record',
      figure: ns(over(asyncResult, 'on')),
      bar: '<= 2000 ns',
      ok: over(asyncResult, 'on') <= 4000,
    },
    {
      what: 'detailed capture that reuses fresh sites',
      figure: figure(detailedResult.detailed, 'ns'),
      bar: '<= 50,000 ns',
      ok: detailedResult.detailed.median <= 100_000,
    },
    {
      what: 'JS heap after a million sync lightweight requests',
      figure: `${(growth / 1024).toFixed(1)} KB`,
      bar: 'about 0',
      ok: growth < 256 * 1024,
    },
  ]);
}

/** The same handler bare and under each profiler; separate closures, so that no call site sees two of them. */
function handlers(handler, profilers) {
  const wrapped = Object.entries(profilers).map(([name, profiler]) => [
    name,
    profileEndpoint(`bench-${name}`, { profiler })(handler),
  ]);
  return { bare: handler, ...Object.fromEntries(wrapped) };
}

function loop(handler) {
  // A loop of its own per contender: shared code would be compiled for the first one's types.
  return new Function('handler', 'return (n) => { for (let i = 0; i < n; i++) handler(i); }')(
    handler,
  );
}

function asyncLoop(handler) {
  const body = 'return async (n) => { for (let i = 0; i < n; i++) await handler(i); }';
  return new Function('handler', body)(handler);
}

/** Used heap after a forced GC, after minus before a million requests, flushed. */
async function heapGrowthOfAMillion(outputDir) {
  const profiler = new EndpointProfiler({
    outputDir: join(outputDir, 'million'),
    capture: LIGHTWEIGHT,
    probe: { enabled: false },
    sites: { enabled: false },
    bufferSize: 1000,
    maxRecordsPerSecond: EVERY_ONE,
    enabled: true,
  });
  const handler = loop(profileEndpoint('million', { profiler })((value) => value));
  const settle = async (requests) => {
    for (let done = 0; done < requests; done += 1000) {
      handler(1000);
      if (done % 10_000 === 0) await profiler.buffer.flushAll();
    }
    await profiler.buffer.flushAll();
    globalThis.gc();
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  const before = await settle(200_000);
  const after = await settle(1_000_000);
  await profiler.stop();
  return after - before;
}

function ns(value) {
  return `${value.toFixed(0)} ns`;
}
