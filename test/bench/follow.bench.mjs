// The price of following one request of a server, apart from the server: its start, its end, its record on disk.
import { mkdtempSync, rmSync } from 'node:fs';
import { ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, figure, report } from './measure.mjs';

const require = createRequire(import.meta.url);
const { EndpointProfiler } = require('../../dist/profiler/endpoint-profiler.js');
const { Route } = require('../../dist/integrations/tracking/route.js');
const { TrackedRequest } = require('../../dist/integrations/tracking/tracked-request.js');

const REQUEST = { method: 'GET', url: '/orders/1', socket: { destroyed: false } };
const BATCH = 1000;

export async function run() {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const profilers = {
    off: new EndpointProfiler({ outputDir: join(directory, 'off') }),
    counted: started(join(directory, 'counted'), { samplingRate: 0 }),
    thinned: started(join(directory, 'thinned'), { maxRecordsPerSecond: 50 }),
    recorded: started(join(directory, 'recorded')),
  };
  const contenders = Object.fromEntries(
    Object.entries(profilers).map(([name, profiler]) => [name, requests(profiler)]),
  );
  const results = await compare(
    { bare: requests(undefined), bareAgain: requests(undefined), ...contenders },
    { iterations: 20_000 },
  );
  await Promise.all(Object.values(profilers).map((profiler) => profiler.stop()));
  rmSync(directory, { recursive: true, force: true });

  const over = (name) => `${(results[name].median - results.bare.median).toFixed(0)} ns`;
  return report('One request of a server, above an empty exchange, records on disk included', [
    { what: 'empty exchange', figure: figure(results.bare, 'ns') },
    { what: 'control (empty again)', figure: over('bareAgain') },
    { what: 'profiling off', figure: over('off') },
    { what: 'counted (samplingRate 0)', figure: over('counted') },
    { what: 'thinned (50 records a second, the default)', figure: over('thinned') },
    { what: 'every one recorded', figure: over('recorded') },
  ]);
}

function started(outputDir, { samplingRate = 1, maxRecordsPerSecond = 1_000_000 } = {}) {
  return new EndpointProfiler({
    outputDir,
    samplingRate,
    maxRecordsPerSecond,
    sites: { enabled: false },
    probe: { enabled: false },
    enabled: true,
  });
}

/** Exchanges that end at once, with turns of the event loop in between, in which records are written. */
function requests(profiler) {
  const route = new Route('GET /orders/:id');
  const tracking = { profilerOf: () => profiler, findRoute: () => route };
  return async (iterations) => {
    for (let done = 0; done < iterations; done++) {
      const response = new ServerResponse(REQUEST);
      if (profiler !== undefined) TrackedRequest.begin(REQUEST, response, tracking);
      response.emit('finish');
      response.emit('close');
      if (done % BATCH === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await profiler?.buffer.flushAll();
  };
}
