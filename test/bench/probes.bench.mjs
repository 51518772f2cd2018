// The price of floor probes: an Express JSON service on a saturated core with them, without them, and without them again
// as a control, in turns. While one service works the others are idle, and their next probe falls due: in a service that
// is always busy, probes come less often than here.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { report, spread } from './measure.mjs';

const SERVICE = fileURLToPath(new URL('probes/service.mjs', import.meta.url));
const HEAPS_MB = [100, 400];
const ROUNDS = Number(process.env.HEAPTIDE_BENCH_ROUNDS ?? 6);
const SLICE_SECONDS = 8;
const MAX_LOSS = 0.015;

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
    for (const name of Object.keys(services)) await load(services[name]);
    for (let round = 0; round < ROUNDS; round++) {
      const order = Object.keys(services);
      for (const name of round % 2 === 0 ? order : order.reverse()) {
        slices[name].push(await load(services[name]));
      }
    }
    return printComparison(liveMb, slices);
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
async function load({ child, url }) {
  const before = await ask(child);
  const { requests, latency } = await autocannon({ url, connections: 8, duration: SLICE_SECONDS });
  const after = await ask(child);
  return {
    rate: requests.total / SLICE_SECONDS,
    p99: latency.p99,
    cpu: (1000 * (after.cpuMs - before.cpuMs)) / requests.total,
    probes: after.probes.floors - before.probes.floors,
    pauseMs: after.probes.pauseMs - before.probes.pauseMs,
    heapMb: after.heapMb,
  };
}

async function ask(child) {
  const answer = once(child, 'message');
  child.send('usage');
  return (await answer)[0];
}

function printComparison(liveMb, slices) {
  // Slices of the same round saw the same machine.
  const against = (name, field) =>
    spread(slices[name].map((slice, round) => slice[field] / slices.without[round][field] - 1));
  const probes = slices.with.reduce((sum, slice) => sum + slice.probes, 0);
  const pauseMs = slices.with.reduce((sum, slice) => sum + slice.pauseMs, 0);
  const [loss, noise] = [against('with', 'rate'), against('control', 'rate')];
  const [slower, jitter] = [against('with', 'p99'), against('control', 'p99')];
  const heap = spread(slices.with.map(({ heapMb }) => heapMb)).median.toFixed(0);
  const pause = probes === 0 ? 0 : pauseMs / probes;
  return report(`Floor probes, ${liveMb} MB of live objects (used heap ${heap} MB)`, [
    { what: 'probes in all slices, mean pause', figure: `${probes}, ${pause.toFixed(1)} ms` },
    {
      what: 'throughput with probes, against without',
      figure: percent(loss),
      bar: '-1.5 % or noise',
      ok: loss.median >= -2 * Math.max(MAX_LOSS, Math.abs(noise.median)),
    },
    { what: 'throughput, control', figure: percent(noise) },
    { what: 'CPU per request with probes', figure: percent(against('with', 'cpu')) },
    { what: 'CPU per request, control', figure: percent(against('control', 'cpu')) },
    {
      what: 'p99 with probes, against without',
      figure: percent(slower),
      bar: 'within noise',
      ok: slower.median <= Math.max(0.1, 2 * jitter.max),
    },
    { what: 'p99, control', figure: percent(jitter) },
  ]);
}

function percent({ median, min, max }) {
  const [a, b, c] = [median, min, max].map((value) => `${(100 * value).toFixed(1)}`);
  return `${a} (${b} to ${c}) %`;
}
