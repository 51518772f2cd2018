// The price of being in a service: Express and Fastify under load, bare and observed. All servers of an application run
// side by side and take turns; every second round turns the order round, and the bare server stands at both ends of it.
//
// Throughput suffers from whatever else the machine does, so CPU time per request is measured beside it: on a saturated
// core one is the inverse of the other.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { CONTENDERS, startServer } from './http/contenders.mjs';
import { report } from './measure.mjs';

const ROUNDS = Number(process.env.HEAPTIDE_BENCH_ROUNDS ?? 10);
const SECONDS = 2;
/** As long as it takes to use up the records that an endpoint may write at once. */
const WARM_UP_SECONDS = 5;
const CONNECTIONS = 20;
const BARE = 'bare';
const CONTROL = 'bare again (control)';

const CASES = [
  { app: 'express', path: '/hello/world' },
  { app: 'express', path: '/report/today' },
  { app: 'fastify', path: '/hello/world' },
  { app: 'fastify', path: '/report/today' },
];

/** Cost in percent above which a contender misses its bar. */
const BARS = { 'heaptide, counters only': 1, 'heaptide, defaults': 3 };

export async function run() {
  let missed = 0;
  for (const { app, path } of CASES) missed += await runCase(app, path);
  return missed;
}

async function runCase(app, path) {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const names = Object.keys(CONTENDERS);
  const servers = await Promise.all(
    names.map((name, index) => startServer(app, CONTENDERS[name], join(directory, `${index}`))),
  );
  try {
    for (const server of servers) await burst(server, path, WARM_UP_SECONDS);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? [...names.keys()] : [...names.keys()].reverse();
      const results = {};
      for (const index of order) results[names[index]] = await burst(servers[index], path);
      rounds.push(results);
    }
    return show(`${app} ${path}`, names, rounds);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Requests per second, CPU time per request in us, and the 99th percentile of the latency in ms. */
async function burst(server, path, seconds = SECONDS) {
  const before = await server.cpuMs();
  const result = await autocannon({
    url: `http://127.0.0.1:${server.port}${path}`,
    connections: CONNECTIONS,
    duration: seconds,
  });
  const after = await server.cpuMs();
  return {
    rate: result.requests.total / result.duration,
    cpu: ((after - before) * 1000) / result.requests.total,
    p99: result.latency.p99,
  };
}

/** Every contender beside the mean of the two bare servers of its round; the control beside the other bare one. */
function show(title, names, rounds) {
  const over = (name, figure) =>
    quartiles(
      rounds.map((round) => {
        const bare = round[BARE][figure];
        const base = name === CONTROL ? bare : (bare + round[CONTROL][figure]) / 2;
        return 100 * (round[name][figure] / base - 1);
      }),
    );
  const bare = (figure) => quartiles(rounds.map((round) => round[BARE][figure])).median;
  const rows = names.slice(1).map((name) => {
    const [rate, cpu, p99] = ['rate', 'cpu', 'p99'].map((figure) => over(name, figure));
    const bar = BARS[name];
    return {
      what: name,
      figure: `${percent(cpu)} CPU, ${percent(rate)} req/s, ${percent(p99)} p99`,
      ...(bar !== undefined && { bar: `<= ${bar} % CPU`, ok: cpu.median <= 2 * bar }),
    };
  });
  const [rate, cpu, p99] = [bare('rate').toFixed(0), bare('cpu').toFixed(1), bare('p99')];
  return report(`${title}: bare ${rate} req/s, ${cpu} us CPU per request, p99 ${p99} ms`, rows);
}

function quartiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, median, high] = [1, 2, 3].map((n) => sorted[Math.floor((n * sorted.length) / 4)]);
  return { low, median, high };
}

/** Median, and the middle half of the rounds. */
function percent({ median, low, high }) {
  const [a, b, c] = [median, low, high].map((value) => (value >= 0 ? '+' : '') + value.toFixed(1));
  return `${a} (${b} to ${c}) %`;
}
