// The price of floor probes: an Express JSON service on a saturated core with them and without them, in turns of 3 s, in
// the order without, with, with, without, and the other way round. Who waits is stopped, so that every probe falls into a
// turn. The pace counts the time of waiting too: probes may take twice the default share of the turns, and what they cost
// here is up to twice what a service pays that is always busy. The two turns of a round without probes are the control.
// HEAPTIDE_BENCH_HEAP_MB runs one size only; a size takes 5 minutes. Needs SIGSTOP, which Windows does not have.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { report } from './measure.mjs';

const SERVICE = fileURLToPath(new URL('probes/service.mjs', import.meta.url));
const ONLY = process.env.HEAPTIDE_BENCH_HEAP_MB;
const HEAPS_MB = ONLY === undefined ? [100, 400] : [Number(ONLY)];
const ROUNDS = Number(process.env.HEAPTIDE_BENCH_ROUNDS ?? 18);
const TURN_SECONDS = 3;
const WARM_UP_SECONDS = 5;
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
  };
  const rounds = [];
  try {
    for (const service of Object.values(services)) await takeTurn(service, WARM_UP_SECONDS);
    for (let number = 0; number < ROUNDS; number++) {
      const round = { without: [], with: [] };
      const [outer, inner] = number % 2 === 0 ? ['without', 'with'] : ['with', 'without'];
      for (const name of [outer, inner, inner, outer]) {
        round[name].push(await takeTurn(services[name], TURN_SECONDS));
      }
      rounds.push(round);
    }
    return printComparison(liveMb, rounds);
  } finally {
    for (const { child } of Object.values(services)) {
      child.kill('SIGCONT');
      child.disconnect();
    }
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
  child.kill('SIGSTOP');
  return { child, url: `http://127.0.0.1:${port}/orders/7` };
}

/** Requests per second, p99 in ms, CPU in us per request, and probes of a service under load. It is stopped otherwise. */
async function takeTurn({ child, url }, duration) {
  child.kill('SIGCONT');
  const before = await ask(child);
  const { requests, latency } = await autocannon({ url, connections: 8, duration });
  const after = await ask(child);
  child.kill('SIGSTOP');
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

function printComparison(liveMb, rounds) {
  const turns = rounds.flatMap((round) => round.with);
  const heapMb = mean(turns.map((turn) => turn.heapMb)).toFixed(0);
  const load = loadavg()[0].toFixed(1);
  const title = `Floor probes, ${liveMb} MB of live objects (used heap ${heapMb} MB), load ${load}`;
  return report(title, [...probeRows(turns), ...comparisonRows(rounds)]);
}

/** What heaptide itself measured. */
function probeRows(turns) {
  const sum = (field) => turns.reduce((total, turn) => total + turn[field], 0);
  const probes = sum('probes');
  const each = (field) => `${(sum(field) / Math.max(1, probes)).toFixed(1)} ms`;
  // Turns without probes are as long.
  const share = sum('probeCpuMs') / (2 * turns.length * TURN_SECONDS * 1000);
  return [
    { what: 'probes', figure: String(probes), bar: '>= 2', ok: probes >= 2 },
    { what: 'pauses of a probe, mean', figure: each('pauseMs') },
    { what: 'CPU of a probe, mean, as heaptide measures it', figure: each('probeCpuMs') },
    {
      what: 'CPU of probes, share of the time',
      figure: `${(100 * share).toFixed(2)} %`,
      bar: '<= 1 %',
      ok: share <= 2 * MAX_CPU_SHARE,
    },
  ];
}

function comparisonRows(rounds) {
  const probed = (field) => {
    const all = (turns) => mean(turns.map((turn) => turn[field]));
    return estimate(rounds.map((round) => all(round.with) / all(round.without) - 1));
  };
  const control = (field) =>
    estimate(rounds.map(({ without: [first, second] }) => second[field] / first[field] - 1));
  const [loss, slower, jitter] = [probed('rate'), probed('p99'), control('p99')];
  return [
    {
      what: 'throughput with probes, against without',
      figure: percent(loss),
      bar: '>= -1.5 %',
      ok: loss.mean >= -2 * MAX_LOSS,
    },
    {
      what: 'throughput, its uncertainty: beyond the bar the run says nothing',
      figure: `${(100 * loss.error).toFixed(1)} %`,
      bar: '<= 1.5 %',
      ok: loss.error <= 2 * MAX_LOSS,
    },
    { what: 'throughput, control', figure: percent(control('rate')) },
    { what: 'CPU per request with probes', figure: percent(probed('cpu')) },
    { what: 'CPU per request, control', figure: percent(control('cpu')) },
    {
      what: 'p99 with probes, against without',
      figure: percent(slower),
      bar: "in the control's spread",
      ok: slower.mean <= Math.abs(jitter.mean) + jitter.error,
    },
    { what: 'p99, control', figure: percent(jitter) },
  ];
}

/** The mean with two standard errors. Not the median: most rounds have no probe. */
function estimate(values) {
  const center = mean(values);
  const variance = mean(values.map((value) => (value - center) ** 2));
  return { mean: center, error: 2 * Math.sqrt(variance / (values.length - 1)) };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent({ mean: center, error }) {
  return `${(100 * center).toFixed(1)} ± ${(100 * error).toFixed(1)} %`;
}
