// The price of floor probes: an Express JSON service on a saturated core with them, without them, and without them again
// as a control, in turns of 20 s. While one service works the others are idle, and their next probe falls due: in a
// service that is always busy, probes come less often than in these turns, so what they cost here is the most.
// HEAPTIDE_BENCH_HEAP_MB runs one size only; a size takes 5 minutes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { report, spread } from './measure.mjs';

const SERVICE = fileURLToPath(new URL('probes/service.mjs', import.meta.url));
const ONLY = process.env.HEAPTIDE_BENCH_HEAP_MB;
const HEAPS_MB = ONLY === undefined ? [100, 400] : [Number(ONLY)];
const ROUNDS = Number(process.env.HEAPTIDE_BENCH_ROUNDS ?? 4);
const SLICE_SECONDS = 20;
const WARM_UP_SECONDS = 4;
const MAX_LOSS = 0.015;
/** The default of `probe.maxCpuShare`. */
const MAX_CPU_SHARE = 0.01;

export async function run() {
  let missed = 0;
  for (const liveMb of HEAPS_MB) missed += await compareAt(liveMb);
  return missed;
}

async function compareAt(liveMb) {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-probes-'));
  const services = {
    without: await start(liveMb, join(directory, 'without'), false),
    with: await start(liveMb, join(directory, 'with'), true),
    control: await start(liveMb, join(directory, 'control'), false),
  };
  const slices = { without: [], with: [], control: [] };
  try {
    for (const service of Object.values(services)) await load(service, WARM_UP_SECONDS);
    for (let round = 0; round < ROUNDS; round++) {
      const order = Object.keys(services);
      for (const name of round % 2 === 0 ? order : order.reverse()) {
        slices[name].push(await load(services[name], SLICE_SECONDS));
      }
    }
    return printComparison(liveMb, slices, await ask(services.with.child));
  } finally {
    for (const { child } of Object.values(services)) child.disconnect();
    await Promise.all(Object.values(services).map(({ child }) => once(child, 'exit')));
    rmSync(directory, { recursive: true, force: true });
  }
}

async function start(liveMb, outputDir, probes) {
  const child = fork(SERVICE, [String(liveMb)], {
    execArgv: ['--max-old-space-size=2048'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      HEAPTIDE_PROFILE_OUTPUT_DIR: outputDir,
      HEAPTIDE_PROBE_ENABLED: String(probes),
    },
  });
  const [{ port }] = await once(child, 'message');
  return { child, url: `http://127.0.0.1:${port}/orders/7` };
}

/** One slice of load: requests per second, p99 in ms, CPU in us per request, and probes. */
async function load({ child, url }, duration) {
  const before = await ask(child);
  const { requests, latency } = await autocannon({ url, connections: 8, duration });
  const after = await ask(child);
  return {
    rate: requests.total / duration,
    p99: latency.p99,
    cpu: (1000 * (after.cpuMs - before.cpuMs)) / requests.total,
    probes: after.probes.floors - before.probes.floors,
    pauseMs: after.probes.pauseMs - before.probes.pauseMs,
    probeCpuMs: after.probes.cpuMs - before.probes.cpuMs,
    heapMb: after.heapMb,
  };
}

async function ask(child) {
  const answer = once(child, 'message');
  child.send('usage');
  return (await answer)[0];
}

function printComparison(liveMb, slices, { probes, elapsedMs }) {
  const heap = spread(slices.with.map(({ heapMb }) => heapMb)).median.toFixed(0);
  const machine = `load ${loadavg()[0].toFixed(1)}`;
  return report(`Floor probes, ${liveMb} MB of live objects (used heap ${heap} MB; ${machine})`, [
    ...probeRows(slices.with, probes.cpuMs / elapsedMs),
    ...comparisonRows(slices),
  ]);
}

/** What heaptide itself measured. */
function probeRows(withProbes, shareSinceStart) {
  const sum = (field) => withProbes.reduce((total, slice) => total + slice[field], 0);
  const probes = sum('probes');
  const each = (field) => `${(sum(field) / Math.max(1, probes)).toFixed(1)} ms`;
  const sharePerSlice = sum('probeCpuMs') / (withProbes.length * SLICE_SECONDS * 1000);
  return [
    {
      what: 'probes in all slices',
      figure: String(probes),
      bar: 'one in each',
      ok: withProbes.every((slice) => slice.probes > 0),
    },
    { what: 'pauses of a probe, mean', figure: each('pauseMs') },
    { what: 'CPU of a probe, mean, as heaptide measures it', figure: each('probeCpuMs') },
    {
      what: 'CPU of probes since the start, share of the time',
      figure: `${(100 * shareSinceStart).toFixed(2)} %`,
      bar: '<= 1 %',
      ok: shareSinceStart <= 2 * MAX_CPU_SHARE,
    },
    {
      what: 'CPU of probes in the slices, share of the time',
      figure: `${(100 * sharePerSlice).toFixed(2)} %`,
    },
  ];
}

function comparisonRows(slices) {
  // Slices of the same round saw the same machine.
  const against = (name, field) =>
    spread(slices[name].map((slice, round) => slice[field] / slices.without[round][field] - 1));
  const loss = against('with', 'rate');
  const [slower, jitter] = [against('with', 'p99'), against('control', 'p99')];
  return [
    {
      what: 'throughput with probes, against without',
      figure: percent(loss),
      bar: '>= -1.5 %',
      ok: loss.median >= -2 * MAX_LOSS,
    },
    { what: 'throughput, control', figure: percent(against('control', 'rate')) },
    { what: 'CPU per request with probes', figure: percent(against('with', 'cpu')) },
    { what: 'CPU per request, control', figure: percent(against('control', 'cpu')) },
    {
      what: 'p99 with probes, against without',
      figure: percent(slower),
      bar: "in the control's spread",
      ok: slower.median <= Math.max(Math.abs(jitter.min), Math.abs(jitter.max)),
    },
    { what: 'p99, control', figure: percent(jitter) },
  ];
}

function percent({ median, min, max }) {
  const [a, b, c] = [median, min, max].map((value) => `${(100 * value).toFixed(1)}`);
  return `${a} (${b} to ${c}) %`;
}
