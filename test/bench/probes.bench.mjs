// The price of floor probes: two Express JSON services on one saturated core, at the same time, one with probes and one
// without. What a probe costs is what the one falls behind the other while it probes, compared with the time between
// probes: so neither what else the machine does nor how V8 happened to compile the two is in it.
//
// Probes may take more than the default share here, so that there are enough of them. With the default they come as much
// less often, and what one costs is spread over that time.
// HEAPTIDE_BENCH_HEAP_MB runs one size only; a size takes 4 minutes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { pin } from './http/contenders.mjs';
import { judge, report } from './measure.mjs';
import { costOfProbes } from './probes/cost.mjs';

const SERVICE = fileURLToPath(new URL('probes/service.mjs', import.meta.url));
const ONLY = process.env.HEAPTIDE_BENCH_HEAP_MB;
const HEAPS_MB = ONLY === undefined ? [100, 400] : [Number(ONLY)];
const WARM_UP_SECONDS = 20;
const BURST_SECONDS = 10;
const BURSTS = 18;
const CONNECTIONS = 8;
const MAX_LOSS = 0.015;
/** The default of `probe.maxCpuShare`, and the share here. */
const CPU_SHARE = 0.01;
const CPU_SHARE_HERE = 0.05;

export async function run() {
  if (cpus().length > 1) pin(process.pid, `1-${cpus().length - 1}`);
  let missed = 0;
  for (const liveMb of HEAPS_MB) missed += await compareAt(liveMb);
  return missed;
}

async function compareAt(liveMb) {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-probes-'));
  const services = [
    await start(liveMb, join(directory, 'without'), false),
    await start(liveMb, join(directory, 'with'), true),
  ];
  try {
    await Promise.all(services.map((service) => load(service, WARM_UP_SECONDS)));
    await Promise.all(services.map(({ child }) => takeNotes(child)));
    const bursts = [];
    for (let number = 0; number < BURSTS; number++) {
      bursts.push(await Promise.all(services.map((service) => load(service, BURST_SECONDS))));
    }
    const notes = await Promise.all(services.map(({ child }) => takeNotes(child)));
    return printComparison(liveMb, notes, bursts);
  } finally {
    for (const { child } of services) child.disconnect();
    await Promise.all(services.map(({ child }) => once(child, 'exit')));
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
      HEAPTIDE_PROBE_MAX_CPU_SHARE: String(CPU_SHARE_HERE),
    },
  });
  const [{ port }] = await once(child, 'message');
  pin(child.pid, '0');
  return { child, url: `http://127.0.0.1:${port}/orders/7` };
}

/** The 99th percentile of the latency, in ms. */
async function load({ url }, duration) {
  const { latency, non2xx } = await autocannon({ url, connections: CONNECTIONS, duration });
  if (non2xx > 0) throw new Error(`${non2xx} requests failed`);
  return latency.p99;
}

async function takeNotes(child) {
  const answer = once(child, 'message');
  child.send('notes');
  return (await answer)[0];
}

function printComparison(liveMb, [without, probed], bursts) {
  const heapMb = mean(probed.map((note) => note.heapMb)).toFixed(0);
  const title = `Floor probes, ${liveMb} MB of live objects (used heap ${heapMb} MB), load ${loadavg()[0].toFixed(1)}`;
  const { probes, pauseMs, cpuMs } = measuredByHeaptide(probed);
  const cost = costOfProbes({ without, probed });
  const share = (ms) => estimate(ms.map((each) => (each / cpuMs) * CPU_SHARE));
  const lost = share(cost.map(({ lostMs }) => lostMs));
  const burnt = share(cost.map((each) => each.cpuMs));
  const slower = estimate(bursts.map(([bare, own]) => own / bare - 1));
  const control = estimate(bursts.slice(1).map(([bare], at) => bare / bursts[at][0] - 1));
  return report(title, [
    { what: 'probes, and of these apart from others', figure: `${probes}, ${cost.length}` },
    { what: 'pauses of a probe, mean', figure: `${pauseMs.toFixed(1)} ms` },
    { what: 'CPU of a probe, mean, as heaptide measures it', figure: `${cpuMs.toFixed(0)} ms` },
    {
      what: 'time between probes, by default',
      figure: `${(cpuMs / CPU_SHARE / 1000).toFixed(0)} s`,
    },
    { what: 'CPU of a probe, mean', figure: milliseconds(cost.map((each) => each.cpuMs)) },
    {
      what: 'throughput lost by a probe, mean',
      figure: milliseconds(cost.map((each) => each.lostMs)),
    },
    { what: 'throughput lost, of the whole', figure: percent(lost), ...judge(lost, MAX_LOSS) },
    {
      what: 'throughput lost where no other core is free (CPU)',
      figure: percent(burnt),
      ...judge(burnt, MAX_LOSS),
    },
    {
      what: 'p99 with probes, against without',
      figure: percent(slower),
      bar: 'no more than noise',
      ok: slower.mean <= slower.error,
    },
    { what: 'p99, control: a burst without, against the one before', figure: percent(control) },
  ]);
}

/** Of all probes since the notes began: how many, and the means of their pauses and CPU time. */
function measuredByHeaptide(notes) {
  const [first, last] = [notes[0].probes, notes.at(-1).probes];
  const probes = last.floors - first.floors;
  const each = (field) => (last[field] - first[field]) / probes;
  return { probes, pauseMs: each('pauseMs'), cpuMs: each('cpuMs') };
}

/** The mean with two standard errors. */
function estimate(values) {
  const center = mean(values);
  const variance = mean(values.map((value) => (value - center) ** 2));
  const error = 2 * Math.sqrt(variance / (values.length - 1));
  return { mean: center, error, low: center - error, high: center + error };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent({ mean: center, error }) {
  return `${(100 * center).toFixed(2)} ± ${(100 * error).toFixed(2)} %`;
}

function milliseconds(values) {
  const { mean: center, error } = estimate(values);
  return `${center.toFixed(0)} ± ${error.toFixed(0)} ms`;
}
