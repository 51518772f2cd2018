// A server to send requests to: `server.mjs APP OBSERVER`. Tells its port, and answers every message with its CPU time.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

const require = createRequire(import.meta.url);
const [app, observer] = process.argv.slice(2);

// About 20 KB of JSON, made anew for each request.
const report = () =>
  Array.from({ length: 200 }, (_, row) => ({
    id: row,
    name: `product ${row}`,
    price: row * 7,
    tags: ['a', 'b', 'c'],
    stock: { berlin: row % 9, lisbon: row % 7 },
  }));

const APPS = {
  async express(observe) {
    const server = require('express')();
    if (observe !== undefined) {
      server.use((request, response, next) => {
        response.once('finish', observe(request));
        next();
      });
    }
    server.get('/hello/:name', (_request, response) => response.json({ hello: 'world' }));
    server.get('/report/:day', (_request, response) => response.json(report()));
    return new Promise((resolve) => {
      const listening = server.listen(0, '127.0.0.1', () => resolve(listening.address().port));
    });
  },
  async fastify(observe) {
    const server = require('fastify')();
    if (observe !== undefined) {
      server.addHook('onRequest', (request, reply, done) => {
        reply.raw.once('finish', observe(request.raw));
        done();
      });
    }
    server.get('/hello/:name', async () => ({ hello: 'world' }));
    server.get('/report/:day', async () => report());
    await server.listen({ port: 0, host: '127.0.0.1' });
    return server.server.address().port;
  },
};

/** What watches the memory. heaptide is loaded from outside, `--require heaptide/register`, and only looked at here. */
const OBSERVERS = {
  none: () => undefined,
  heaptide() {
    const { enabled, backend } = require('heaptide').EndpointProfiler.getInstance().getStats();
    if (enabled && backend !== 'native')
      throw new Error(`heaptide runs with its ${backend} backend`);
  },
  pprof() {
    require('@datadog/pprof').heap.start(512 * 1024, 64);
  },
  prometheus() {
    const { collectDefaultMetrics, Histogram } = require('prom-client');
    collectDefaultMetrics();
    const seconds = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Duration of requests',
      labelNames: ['method'],
    });
    return ({ method }) => seconds.startTimer({ method });
  },
};

const port = await APPS[app](OBSERVERS[observer]());

/** In ms; the main thread's where the system tells it, in Linux. */
function cpuTimes() {
  const { user, system } = process.cpuUsage();
  const times = { process: (user + system) / 1e3 };
  try {
    return {
      ...times,
      main: Number(readFileSync('/proc/self/schedstat', 'utf8').split(' ')[0]) / 1e6,
    };
  } catch {
    return { ...times, main: times.process };
  }
}

process.on('message', () => process.send(cpuTimes()));
process.once('disconnect', () => process.exit(0));
process.send({ port });
