// An Express or Fastify service whose sampler is switched from outside: `serve.mjs APP`. Tells its port. A message is the
// interval to sample with, 0 for not at all; it is answered with what the process has taken and served so far.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { loadBinding } = require('../../../dist/binding/load.js');
const { HEAP } = require('../../../dist/binding/contract.js');

const { binding } = loadBinding();
binding.startGcObserver();
let requests = 0;

const APPS = {
  async express() {
    const app = require('express')();
    app.get('/hello/:name', (_request, response) => {
      requests++;
      response.json({ hello: 'world' });
    });
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(server.address().port));
    });
  },
  async fastify() {
    const app = require('fastify')();
    app.get('/hello/:name', async () => {
      requests++;
      return { hello: 'world' };
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return app.server.address().port;
  },
};

process.send({ port: await APPS[process.argv[2]]() });
process.once('disconnect', () => process.exit());
process.on('message', (intervalBytes) => {
  binding.stopSampler();
  if (intervalBytes > 0) {
    binding.startSampler({ intervalBytes, stackDepth: 32, selfPath: '/nowhere' });
  }
  binding.read();
  const { used, freed } = HEAP;
  process.send({
    requests,
    threadMs: binding.cpuTimes().threadMs,
    allocated: binding.heap[used] + binding.heap[freed],
  });
});
