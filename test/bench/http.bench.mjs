// The price of being in a service: Express and Fastify under load, each contender beside a bare server.
//
// Processes that run the same program differ by several percent, by how V8 happened to compile it, and on a shared machine
// the same process does from second to second. So a contender and a bare server run at once on one core, which compares
// them at the same moments, and they are started anew several times, which gives the spread of what is decided at a start.
//
// HEAPTIDE_BENCH_CASES=fastify runs the cases with that in their name, HEAPTIDE_BENCH_LAUNCHES as many launches,
// HEAPTIDE_BENCH_ALL=1 more contenders, and HEAPTIDE_BENCH_NODE is the Node.js of the servers.
import { cpus } from 'node:os';
import { CONTENDERS, MORE_CONTENDERS, pin } from './http/contenders.mjs';
import { measurePair } from './http/pair.mjs';
import { judge, report } from './measure.mjs';

const LAUNCHES = Number(process.env.HEAPTIDE_BENCH_LAUNCHES ?? 5);
const ONLY = process.env.HEAPTIDE_BENCH_CASES ?? '';

const CASES = [
  { app: 'express', path: '/hello/world' },
  { app: 'express', path: '/report/today' },
  { app: 'fastify', path: '/hello/world' },
  { app: 'fastify', path: '/report/today' },
];

/** Student's t for a 95 % interval, by degrees of freedom from 1. */
const STUDENT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26];

export async function run() {
  const contenders = process.env.HEAPTIDE_BENCH_ALL
    ? { ...CONTENDERS, ...MORE_CONTENDERS }
    : CONTENDERS;
  if (cpus().length > 1) pin(process.pid, `1-${cpus().length - 1}`);
  let missed = 0;
  for (const { app, path } of CASES) {
    if (`${app} ${path}`.includes(ONLY)) missed += await runCase(app, path, contenders);
  }
  return missed;
}

async function runCase(app, path, contenders) {
  const names = Object.keys(contenders);
  const pairs = Object.fromEntries(names.map((name) => [name, []]));
  for (let launch = 0; launch < LAUNCHES; launch++) {
    const isBareFirst = launch % 2 === 0;
    for (const name of isBareFirst ? names : names.toReversed()) {
      pairs[name].push(await measurePair({ app, path, contender: contenders[name], isBareFirst }));
    }
  }
  const bare = median(Object.values(pairs).flatMap((all) => all.map((pair) => pair.bare)));
  return report(
    `${app} ${path}: bare ${bare.toFixed(0)} us of CPU per request; above it, ${LAUNCHES} launches`,
    names.flatMap((name) => rows(name, pairs[name], contenders[name].bar)),
  );
}

/** Mean and 95 % interval. A bar is missed when the interval lies above it, and held when it lies below. */
function rows(name, pairs, bar) {
  const of = (figure) => interval(pairs.map(figure));
  const total = of((pair) => pair.total.main);
  const part = (figure) => percent(of(figure).mean);
  const parts = `by the request ${part((pair) => pair.requests.main)}, by the clock ${part((pair) => pair.clock.main)}`;
  return [
    {
      what: name,
      figure: `${spread(total)} of the main thread`,
      ...(bar !== undefined && judge(total, bar)),
    },
    { what: '', figure: parts },
    { what: '', figure: `${spread(of((pair) => pair.total.process))} of all threads` },
    { what: '', figure: `${spread(of((pair) => pair.p99))} p99` },
  ];
}

function interval(values) {
  const degrees = values.length - 1;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = (STUDENT[degrees - 1] ?? 2.2) * Math.sqrt(squares / degrees / values.length);
  return { mean, low: mean - half, high: mean + half };
}

function spread({ mean, low, high }) {
  return `${percent(mean)} (${percent(low)} to ${percent(high)})`;
}

function percent(ratio) {
  return `${ratio >= 0 ? '+' : ''}${(100 * ratio).toFixed(1)} %`;
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}
