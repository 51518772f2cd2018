// Storage: what a record costs in the journal, on its way to a file, on the disk and in memory, and what the event loop
// feels of it. Ratios come from contenders that take turns in one run. Bars are held by the clock; CPU time beside it tells
// how much of that the machine's other work took.
import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { figure, report, spread } from './measure.mjs';

const require = createRequire(import.meta.url);
const { EndpointProfiler, profileEndpoint } = require('../../dist/index.js');
const { loadBinding } = require('../../dist/binding/load.js');
const { Journal } = require('../../dist/storage/journal.js');
const { JournalFile } = require('../../dist/storage/journal-file.js');
const { JournalMirror } = require('../../dist/storage/journal-mirror.js');
const { ProfileBuffer } = require('../../dist/storage/profile-buffer.js');
const { ProfileDirectory } = require('../../dist/storage/profile-directory.js');
const { RecordRing } = require('../../dist/storage/record-ring.js');
const { emptyReading } = require('../../dist/storage/record-layout.js');

const MB = 1024 * 1024;
const QUIET = { error: false, spikeRatio: 0, periodicEvery: 0, postGc: false };
const OWNER = { run: 'k3f9ab', pid: process.pid, thread: 0, started: Date.now(), writer: 1 };

/** Readings as an ordinary service has them. */
function readingOf(n) {
  return {
    ...emptyReading(),
    statusCode: 200,
    inFlight: 1 + (n % 8),
    timestamp: 1_790_000_000_000 + n,
    used: (45 + (n % 1000) / 997) * MB,
    delta: 12_345 + (n % 7919),
    allocated: 12_500 + (n % 7919),
    external: 3.127 * MB + n,
    rss: 98.12 * MB + (n % 512) * 4096,
    latencyMs: 0.5 + (n % 613) / 97,
    minorCount: 100 + (n >> 10),
    majorCount: 4,
    floor: 38.127 * MB + n,
  };
}

/** Time that this process computed, in ms: other processes of the machine do not count. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function inDirectory(measure) {
  const path = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  try {
    return await measure(path);
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

/** What `action` takes by the clock and of this process's CPU time, in ms. */
async function timed(action) {
  const cpu = cpuMs();
  const clock = performance.now();
  await action();
  return { clock: performance.now() - clock, cpu: cpuMs() - cpu };
}

/** Time in ns to append a record to a mapped journal, beside ordinary memory. */
function appendCost() {
  return inDirectory(async (path) => {
    const file = JournalFile.create(path, OWNER, loadBinding().binding.fileMemory);
    const rings = {
      mapped: new RecordRing(file.journal.records),
      ordinary: new RecordRing(Journal.inMemory(OWNER).records),
    };
    const reading = readingOf(1);
    const costs = { mapped: [], ordinary: [], mappedCpu: [], ordinaryCpu: [] };
    for (let round = 0; round < 30; round++) {
      for (const [name, ring] of Object.entries(rings)) {
        const { clock, cpu } = await timed(() => {
          for (let n = 0; n < 200_000; n++) ring.append(reading);
        });
        // The first rounds compile the code.
        if (round < 5) continue;
        costs[name].push((clock * 1e6) / 200_000);
        costs[`${name}Cpu`].push((cpu * 1e6) / 200_000);
      }
    }
    file.remove();
    return Object.fromEntries(Object.entries(costs).map(([name, ns]) => [name, spread(ns)]));
  });
}

/** Time in ms to write out what 5,000 requests a second leave in a journal that is not mapped, each 100 ms. */
function writeOutCost() {
  return inDirectory(async (path) => {
    const fd = openSync(join(path, 'journal'), 'wx+');
    const { parts } = Journal.inMemory(OWNER);
    const ring = new RecordRing(parts.records);
    const mirror = new JournalMirror(fd, parts);
    const times = { busy: [], idle: [] };
    for (let round = 0; round < 200; round++) {
      for (let n = 0; n < 500; n++) ring.markFlushed(ring.append(readingOf(n)) - 500);
      times.busy.push((await timed(() => mirror.write())).clock);
      times.idle.push((await timed(() => mirror.write())).clock);
    }
    closeSync(fd);
    return { busy: spread(times.busy), idle: spread(times.idle) };
  });
}

/** Records per second from the ring into a file, and their size there. */
function flushThroughput() {
  return inDirectory(async (path) => {
    const directory = new ProfileDirectory({ path, onError: console.error });
    const buffer = new ProfileBuffer({
      run: OWNER.run,
      directory,
      nameOf: () => 'orders',
      bufferSize: 1e9,
      flushIntervalMs: 3_600_000,
      journal: Journal.inMemory(OWNER),
    });
    const readings = Array.from({ length: 4000 }, (_, n) => readingOf(n));
    const rates = { clock: [], cpu: [] };
    for (let round = 0; round < 60; round++) {
      for (const reading of readings) buffer.append(reading);
      const { clock, cpu } = await timed(() => buffer.flushAll());
      // The first rounds compile the code.
      if (round < 10) continue;
      rates.clock.push(readings.length / (clock / 1000));
      rates.cpu.push(readings.length / (cpu / 1000));
    }
    const bytes = statSync(join(path, 'orders.json')).size / (60 * readings.length);
    return { rate: spread(rates.clock), cpuRate: spread(rates.cpu), bytes };
  });
}

/** Time to flush 100 records to a small and to a large file, by turns. */
function batchCost() {
  return inDirectory(async (outputDir) => {
    const profiler = new EndpointProfiler({
      outputDir,
      bufferSize: 4096,
      maxRecordsPerSecond: 1_000_000,
      capture: QUIET,
      probe: { enabled: false },
      enabled: true,
    });
    const large = profileEndpoint('large', { profiler })((value) => value);
    for (let i = 0; i < 10_000; i++) {
      large(i);
      if (i % 1000 === 0) await profiler.buffer.flushAll();
    }
    const samples = { small: [], large: [] };
    for (let round = 0; round < 40; round++) {
      const small = profileEndpoint(`small-${round}`, { profiler })((value) => value);
      // The first record creates the file; what is compared is the append.
      small(0);
      await profiler.buffer.flushAll();
      for (const [name, handler] of Object.entries({ small, large })) {
        for (let i = 0; i < 100; i++) handler(i);
        const started = performance.now();
        await profiler.buffer.flushAll();
        samples[name].push(performance.now() - started);
      }
    }
    await profiler.stop();
    return { small: spread(samples.small), large: spread(samples.large) };
  });
}

/** p99 of the event loop's delay, in ms, at 5,000 requests a second with everything on, by turns with a bare handler. */
function loopDelay() {
  return inDirectory(async (outputDir) => {
    const profiler = new EndpointProfiler({ outputDir });
    const work = (n) => JSON.parse(JSON.stringify({ n, list: [1, 2, 3, n] }));
    const profiled = Array.from({ length: 5 }, (_, n) =>
      profileEndpoint(`endpoint-${n}`, { profiler })(work),
    );
    const delays = { bare: [], profiled: [] };
    for (let round = 0; round < 4; round++) {
      delays.bare.push(await delayUnder([work]));
      profiler.start();
      delays.profiled.push(await delayUnder(profiled));
      await profiler.stop();
    }
    return { bare: spread(delays.bare), profiled: spread(delays.profiled) };
  });
}

async function delayUnder(handlers) {
  const SECONDS = 2;
  const PER_MS = 5;
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const started = performance.now();
  for (let sent = 0; sent < SECONDS * 1000 * PER_MS; ) {
    const due = (performance.now() - started) * PER_MS;
    for (; sent < due; sent++) handlers[sent % handlers.length](sent);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

/** Memory that a profiler of 50 endpoints takes, in MB: its heap, and its journal and other external memory. */
function memoryTaken() {
  return inDirectory(async (outputDir) => {
    const taken = () => {
      globalThis.gc();
      globalThis.gc();
      const { heapUsed, external } = process.memoryUsage();
      return (heapUsed + external) / MB;
    };
    const before = taken();
    const profiler = new EndpointProfiler({ outputDir, enabled: true });
    const handlers = Array.from({ length: 50 }, (_, n) =>
      profileEndpoint(`GET /endpoint-${n}`, { profiler })((value) => value),
    );
    for (let n = 0; n < 100_000; n++) {
      handlers[n % handlers.length](n);
      if (n % 1000 === 0) await new Promise(setImmediate);
    }
    const used = taken() - before;
    await profiler.stop();
    return used;
  });
}

export async function run() {
  const memory = await memoryTaken();
  const { mapped, mappedCpu, ordinary } = await appendCost();
  const { busy, idle } = await writeOutCost();
  const { rate, cpuRate, bytes } = await flushThroughput();
  const { small, large } = await batchCost();
  const { bare, profiled } = await loopDelay();
  const ratio = large.median / small.median;
  const added = profiled.median - bare.median;
  return report('Storage', [
    {
      what: 'appending a record to the mapped journal',
      figure: figure(mapped, 'ns'),
      bar: '100 ns',
      ok: mapped.median <= 100,
    },
    { what: 'of CPU time', figure: figure(mappedCpu, 'ns') },
    { what: 'by the clock, in ordinary memory', figure: figure(ordinary, 'ns') },
    { what: 'writing out an unmapped journal, 500 new records', figure: figure(busy, 'ms', 2) },
    { what: 'nothing new', figure: figure(idle, 'ms', 3) },
    {
      what: 'flushing, records per second',
      figure: figure(rate, '/s'),
      bar: '300,000 /s',
      ok: rate.median >= 300_000,
    },
    { what: 'per second of CPU time', figure: figure(cpuRate, '/s') },
    {
      what: 'bytes per lightweight profile',
      figure: bytes.toFixed(1),
      bar: '250',
      ok: bytes <= 250,
    },
    { what: 'flushing 100 records to a file of 1', figure: figure(small, 'ms', 2) },
    { what: 'to a file of 10,000', figure: figure(large, 'ms', 2) },
    { what: 'large / small', figure: `${ratio.toFixed(2)} x`, bar: 'about 1 x', ok: ratio < 2 },
    { what: 'event-loop delay p99, bare, 5,000 requests/s', figure: figure(bare, 'ms', 2) },
    { what: 'profiled', figure: figure(profiled, 'ms', 2) },
    { what: 'added', figure: `${added.toFixed(2)} ms`, bar: '1 ms', ok: added <= 1 },
    {
      what: 'memory of a profiler with 50 endpoints',
      figure: `${memory.toFixed(1)} MB`,
      bar: '8 MB',
      ok: memory <= 8,
    },
  ]);
}
