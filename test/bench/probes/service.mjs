// The Express JSON service that the probes' price is measured on. Argument: MB of live objects beside the requests. Notes
// what it has done a few times a second; any message is answered with these notes, and begins new ones.
import process from 'node:process';
import express from 'express';
import { EndpointProfiler, profileEndpoint } from 'heaptide';

const BYTES_PER_ROW = 200;
const NOTE_MS = 250;

const liveMb = Number(process.argv[2]);
const ballast = Array.from({ length: (liveMb * 2 ** 20) / BYTES_PER_ROW }, (_, id) => ({
  id,
  name: `customer ${id}`,
  position: { x: id * 0.5, y: id * 1.5 },
}));

const profiler = EndpointProfiler.getInstance({ enabled: true });
const app = express();

app.get(
  '/orders/:id',
  profileEndpoint('GET /orders/:id')((request, response) => {
    const id = Number(request.params.id);
    const lines = Array.from({ length: 100 }, (_, line) => ({ line, price: line * id }));
    response.json({ id, customer: ballast[id % ballast.length].name, lines });
  }),
);

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));

let notes = [];
setInterval(() => {
  const { user, system } = process.cpuUsage();
  const { requestsFinished, probes } = profiler.getStats();
  notes.push({
    // The same clock in all processes.
    ms: Number(process.hrtime.bigint()) / 1e6,
    requests: requestsFinished,
    cpuMs: (user + system) / 1000,
    probes,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
  });
}, NOTE_MS);

process.on('message', () => {
  process.send(notes);
  notes = [];
});
process.once('disconnect', () => process.exit());
