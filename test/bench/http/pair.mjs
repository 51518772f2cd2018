// One launch: a contender and a bare server that share one core under load, so that whatever else the machine does slows
// both down alike, at the same moments.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import autocannon from 'autocannon';
import { BARE, pin, startServer } from './contenders.mjs';

/** Uses up the records that an endpoint may write at once, and lets V8 compile what is hot before and after that. */
const WARM_UP = { amount: 25_000 };
/** So few requests a second that what is left is done by the clock. */
const QUIET_RATE = 50;
const SECONDS = 4;
const CONNECTIONS = 20;
/** Time in which the records of the warm-up are written, in ms. */
const SETTLE_MS = 3000;

/**
 * What observing costs on a core that the server has for itself and saturates: what it adds to each request, and the
 * share of time that it takes by the clock.
 * @returns {Promise<{ bare: number, total: Cost, requests: Cost, clock: Cost, p99: number }>} `bare` in us of CPU, ratios
 * @typedef {{ main: number, process: number }} Cost of the main thread's CPU time, and of all threads'
 */
export async function measurePair({ app, path, contender, isBareFirst }) {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const servers = [];
  try {
    for (const role of isBareFirst ? [BARE, contender] : [contender, BARE]) {
      const server = await startServer(app, role, join(directory, `${servers.length}`));
      pin(server.pid, '0');
      servers.push(server);
    }
    const [bare, observed] = isBareFirst ? servers : servers.toReversed();
    const load = (kind) => Promise.all([burst(bare, path, kind), burst(observed, path, kind)]);
    await load(WARM_UP);
    await setTimeout(SETTLE_MS);
    const duration = contender.seconds ?? SECONDS;
    const saturated = await load({ duration });
    return compare(saturated, await load({ duration, overallRate: QUIET_RATE }));
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  }
}

function compare([bare, observed], [quietBare, quietObserved]) {
  const of = (thread) => {
    const perRequest = bare[thread] / bare.requests;
    const extra = quietObserved[thread] - quietBare[thread];
    const clock = extra / quietObserved.ms;
    const requests = (observed[thread] - clock * observed.ms) / observed.requests / perRequest - 1;
    return { requests, clock, total: (1 + requests) / (1 - clock) - 1 };
  };
  const [main, all] = [of('main'), of('process')];
  const cost = (key) => ({ main: main[key], process: all[key] });
  return {
    bare: (1000 * bare.main) / bare.requests,
    total: cost('total'),
    requests: cost('requests'),
    clock: cost('clock'),
    p99: observed.p99 / bare.p99 - 1,
  };
}

/** Requests, CPU and wall time in ms, and the 99th percentile of the latency in ms. */
async function burst(server, path, kind) {
  const [before, started] = [await server.cpuMs(), performance.now()];
  const { requests, latency, non2xx } = await autocannon({
    url: `http://127.0.0.1:${server.port}${path}`,
    connections: CONNECTIONS,
    ...kind,
  });
  const after = await server.cpuMs();
  if (non2xx > 0) throw new Error(`${non2xx} requests failed`);
  return {
    requests: requests.total,
    ms: performance.now() - started,
    main: after.main - before.main,
    process: after.process - before.process,
    p99: latency.p99,
  };
}
