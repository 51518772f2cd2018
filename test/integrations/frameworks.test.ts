// The same behavior in every framework, with the real framework and real requests.
import { once } from 'node:events';
import { Agent } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ProfilerOptions } from '../../lib/core/options.js';
import { EXPRESS_APPS } from './apps/express.js';
import { FASTIFY_APP } from './apps/fastify.js';
import { HONO_APP } from './apps/hono.js';
import { KOA_APP } from './apps/koa.js';
import { NEST_APPS } from './apps/nest.js';
import { type FrameworkApp, Gate } from './framework-app.js';
import { recordingProfiler, statusesOf } from './recorded.js';
import { call, send, until } from './requests.js';

const APPS = [...EXPRESS_APPS, FASTIFY_APP, KOA_APP, HONO_APP, ...NEST_APPS];

async function started(app: FrameworkApp, options?: ProfilerOptions) {
  const recording = recordingProfiler(options);
  const gate = new Gate();
  const { port, close } = await app.start(recording.profiler, gate);
  onTestFinished(close);
  const allFinished = (count: number) =>
    until(() => recording.profiler.getStats().requestsFinished === count);
  return { ...recording, gate, port, allFinished };
}

describe.each(APPS)('$name', (app) => {
  test('names endpoints by the patterns of their routes, with those of mounted routers', async () => {
    const { port, records, allFinished } = await started(app);

    await call(port, '/orders/42?token=secret');
    await call(port, '/orders/43');
    await call(port, '/orders', { method: 'POST' });
    await call(port, '/shops/nord/orders/7');
    await call(port, '/shops/sued/orders/8');
    await allFinished(5);

    expect(statusesOf(await records())).toEqual({
      'GET /orders/:id': [200, 200],
      'POST /orders': [201],
      'GET /shops/:shop/orders/:id': [200, 200],
    });
  });

  test('gives one name to everything that no route matches', async () => {
    const { port, records, allFinished } = await started(app);

    await call(port, '/nowhere?token=secret');
    await call(port, '/wp-login.php');
    await call(port, '/orders/1/extra', { method: 'DELETE' });
    await allFinished(3);

    expect(statusesOf(await records())).toEqual({ '(unmatched)': [404, 404, 404] });
  });

  test('records the status of a failure, and the first line of its message where it is told', async () => {
    const { port, records, allFinished } = await started(app);

    await call(port, '/fails');
    await call(port, '/denied');
    await allFinished(2);

    const { 'GET /fails': fails, 'GET /denied': denied } = await records();
    expect(fails?.[0]?.statusCode).toBe(500);
    expect(denied?.[0]?.statusCode).toBe(403);
    const messages = [fails?.[0]?.errorMessage, denied?.[0]?.errorMessage];
    expect(messages).toEqual(app.tellsErrors ? ['broken', 'Not yours'] : [undefined, undefined]);
  });

  test('counts a streaming response as in flight until it ends', async () => {
    const { port, profiler, gate, records, allFinished } = await started(app);

    const { response } = await send(port, '/stream');
    await once(response, 'data');
    const whileStreaming = profiler.getStats();
    gate.open();
    response.resume();
    await once(response, 'end');
    await allFinished(1);

    expect(whileStreaming).toMatchObject({ inFlight: 1, requestsFinished: 0 });
    expect(profiler.getStats().inFlight).toBe(0);
    expect(statusesOf(await records())).toEqual({ 'GET /stream': [200] });
  });

  test('ends a request whose client goes away, with status 499', async () => {
    const { port, profiler, records, allFinished } = await started(app);

    const { client, response } = await send(port, '/stream');
    await once(response, 'data');
    client.destroy();
    await allFinished(1);

    expect(profiler.getStats().inFlight).toBe(0);
    expect(statusesOf(await records())).toEqual({ 'GET /stream': [499] });
  });

  test('tells the requests of one connection apart', async () => {
    const { port, records, allFinished } = await started(app);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());

    for (const id of [1, 2, 3]) await call(port, `/orders/${id}`, { agent });
    await call(port, '/nowhere', { agent });
    await allFinished(4);

    expect(statusesOf(await records())).toEqual({
      'GET /orders/:id': [200, 200, 200],
      '(unmatched)': [404],
    });
  });

  test('marks requests that overlapped, also the one that outlived the others', async () => {
    const { port, gate, records, allFinished } = await started(app);

    const { response } = await send(port, '/stream');
    await once(response, 'data');
    await call(port, '/orders/1');
    await allFinished(1);
    gate.open();
    response.resume();
    await once(response, 'end');
    await allFinished(2);
    await call(port, '/orders/2');
    await allFinished(3);

    const { 'GET /stream': stream, 'GET /orders/:id': orders } = await records();
    expect(stream?.map(({ inFlight }) => inFlight)).toEqual([2]);
    expect(orders?.map(({ inFlight }) => inFlight)).toEqual([2, 1]);
  });

  test('knows the function that serves an endpoint', async () => {
    const { port, handlers, allFinished } = await started(app);

    await call(port, '/orders/1');
    await allFinished(1);

    expect((await handlers())['GET /orders/:id']).toMatchObject({ function: 'showOrder' });
  });

  test('samples each endpoint at its own exact rate, and counts every request', async () => {
    const { port, profiler, records, allFinished } = await started(app, { samplingRate: 0.5 });

    for (let i = 0; i < 10; i++) await call(port, `/orders/${i}`);
    for (let i = 0; i < 4; i++) await call(port, '/nowhere');
    await allFinished(14);

    expect(profiler.getStats()).toMatchObject({ requestsFinished: 14, inFlight: 0 });
    const counts = Object.values(await records()).map((all) => all.length);
    expect(counts.sort()).toEqual([2, 5]);
  });

  test('costs and writes nothing while profiling is off', async () => {
    const { port, profiler } = await started(app, { enabled: false });

    const status = await call(port, '/orders/1');

    expect(status).toBe(200);
    expect(profiler.getStats()).toMatchObject({ requestsFinished: 0, backend: 'none' });
  });
});
