// An HTTP service with heaptide in it, each program behind an endpoint of its own. Started by `observe.mjs`;
// arguments: seed, bound, and the programs' names. The message `finish` ends it: it answers with what the profiler said
// and with the true rates, measured by letting go of all that leaked.
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext, runInThisContext } from 'node:vm';
import { EndpointProfiler, profileEndpoint } from 'heaptide';
import { HEALTHY } from './healthy.mjs';
import { LEAKS } from './leaks.mjs';
import { seededRandom, seedOf } from './random.mjs';

const [seed, bound, ...names] = process.argv.slice(2);
// heaptide's defaults, unless `SAMPLE_INTERVAL` asks what other bytes between samples would show.
const { SAMPLE_INTERVAL } = process.env;
const sites = SAMPLE_INTERVAL && { sampleIntervalBytes: Number(SAMPLE_INTERVAL) };
const profiler = EndpointProfiler.getInstance({ enabled: true, ...(sites && { sites }) });
const events = [];
profiler.on('verdict', ({ kind, channel }) => {
  events.push({ kind, channel, requests: profiler.getStats().requestsFinished });
});

const endpoints = new Map(names.map((name) => [`/${name}`, toEndpoint(name)]));

function toEndpoint(name) {
  const random = seededRandom(seedOf(name, Number(seed)));
  const { create } = [...LEAKS, ...HEALTHY].find((program) => program.name === name);
  const program = create({ random, bound: Number(bound) });
  const { handle, served } = ownHandler(name)({
    pause,
    serve: program.serve,
    rows: () => random.between(20, 200),
    waitMs: () => random.between(1, 8),
  });
  return { handle: profileEndpoint(name)(handle), program, served };
}

/** A handler from a source of its own, as every endpoint of a real service has: makes garbage, waits, and serves. */
function ownHandler(name) {
  const source = `({ pause, serve, rows, waitMs }) => {
    let requests = 0;
    return { handle, served: () => requests };

    async function handle(_request, response) {
      const table = [];
      for (let row = rows(); row > 0; row--) table.push({ row });
      await pause(waitMs());
      await serve(++requests);
      response.end(JSON.stringify(table));
    }
  }`;
  return runInThisContext(source, { filename: `/srv/${name}.js` });
}

// A connection that the service closes while a request is on its way would fail the request.
const server = http.createServer({ keepAliveTimeout: 3_600_000 }, (request, response) => {
  endpoints.get(request.url).handle(request, response);
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

// Whoever started it is gone.
process.once('disconnect', () => process.exit());
process.once('message', async () => {
  server.close();
  server.closeAllConnections();
  const stats = profiler.getStats();
  await profiler.stop();
  process.send({ events, probes: stats.probes, truths: await measureTruths() }, () => {
    process.disconnect();
  });
});

/** What each leaking program holds, in bytes per request of its own, by letting go of it. */
async function measureTruths() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const truths = {};
  for (const [path, { program, served }] of endpoints) {
    if (program.release === undefined) continue;
    const before = await settledMemory(collect);
    program.release();
    const after = await settledMemory(collect);
    truths[path.slice(1)] = {
      requests: served(),
      heap: (before.heapUsed - after.heapUsed) / served(),
      external: (before.external - after.external) / served(),
    };
  }
  return truths;
}

async function settledMemory(collect) {
  for (let round = 0; round < 8; round++) {
    collect();
    await pause(10);
  }
  return process.memoryUsage();
}
