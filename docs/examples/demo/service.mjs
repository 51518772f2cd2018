// The demo's service: Express, five endpoints, two of which leak. Started by run.mjs; stop it with SIGTERM.
// The handlers hold what real services hold: a map that nobody empties, buffers for later, a bounded cache.
import express from 'express';
import { EndpointProfiler, profileEndpoint } from 'heaptide';

const profiler = EndpointProfiler.getInstance({ enabled: true });
await profiler.startAutoFlush();

const app = express();

// Leaks: every order leaves a closure in a module-level map, for a refund that never comes.
const pendingRefunds = new Map();
let orderNumber = 0;

function rememberOrder(id) {
  const order = { id, lines: [] };
  for (let line = 0; line < 100; line++) order.lines.push({ line, price: line * 7 });
  pendingRefunds.set(++orderNumber, () => order.lines.reduce((sum, { price }) => sum + price, 0));
  return order;
}

app.get(
  '/orders/:id',
  profileEndpoint('GET /orders/:id')(function showOrder(request, response) {
    response.json(rememberOrder(request.params.id));
  }),
);

// Leaks: every upload's bytes are kept until an archive run that nobody scheduled.
const toArchive = [];

function archiveUpload(size) {
  for (let part = 0; part < 4; part++) toArchive.push(Buffer.alloc(size / 4, 1));
}

app.post(
  '/uploads',
  profileEndpoint('POST /uploads')(async function upload(_request, response) {
    archiveUpload(4096);
    response.status(201).json({ stored: toArchive.length });
  }),
);

// Healthy: a cache with a bound, which fills in the first seconds and then replaces its oldest entry.
const cache = new Map();
const CACHE_SIZE = 500;

function cachedProduct(id) {
  const known = cache.get(id);
  if (known !== undefined) return known;
  const product = { id, description: `product ${id} `.repeat(40), tags: [id, id + 1, id + 2] };
  cache.set(id, product);
  if (cache.size > CACHE_SIZE) cache.delete(cache.keys().next().value);
  return product;
}

app.get(
  '/products/:id',
  profileEndpoint('GET /products/:id')(async function showProduct(request, response) {
    response.json(cachedProduct(Number(request.params.id)));
  }),
);

// Healthy: allocates a lot, keeps nothing.
app.get(
  '/report',
  profileEndpoint('GET /report')(function report(_request, response) {
    const rows = Array.from({ length: 2000 }, (_, row) => ({ row, label: `row ${row}` }));
    response.json({ rows: rows.length, sum: rows.reduce((sum, { row }) => sum + row, 0) });
  }),
);

// Healthy: fails now and then.
app.get(
  '/payments',
  profileEndpoint('GET /payments')(async function pay(_request, response) {
    if (Math.random() < 0.02) throw Object.assign(new Error('Card declined'), { status: 402 });
    response.json({ paid: true });
  }),
);

app.use((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: error.message });
});

const server = app.listen(0, '127.0.0.1', () => {
  process.send?.({ port: server.address().port });
});

// The benchmark asks what profiling cost here.
process.on('message', () => process.send?.(profiler.getStats()));

process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await profiler.stop();
  process.exit(0);
});
