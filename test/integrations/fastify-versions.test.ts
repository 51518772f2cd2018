// Requests of other versions of Fastify, as far as they differ from the one that is installed.
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { heaptideFastify } from '../../lib/integrations/fastify.js';
import { denied, listening } from './framework-app.js';
import { recordingProfiler, statusesOf } from './recorded.js';
import { call, until } from './requests.js';

/** An application whose requests are changed before heaptide sees them. */
async function started(change: (request: FastifyRequest) => void) {
  const recording = recordingProfiler();
  const app: FastifyInstance = Fastify();
  app.addHook('onRequest', async (request) => change(request));
  await app.register(heaptideFastify, { profiler: recording.profiler });
  app.get('/orders/:id', async function showOrder(request) {
    return request.params;
  });
  app.get('/denied', async () => {
    throw denied();
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port, close } = await listening(app.server);
  onTestFinished(close);
  const allFinished = (count: number) =>
    until(() => recording.profiler.getStats().requestsFinished === count);
  return { ...recording, port, allFinished };
}

/** Before 4.10 a request had no options of its route, and the pattern itself. */
function asBeforeRouteOptions(request: FastifyRequest): void {
  const routerPath = request.routeOptions.url;
  Object.defineProperties(request, {
    routeOptions: { value: undefined },
    routerPath: { value: routerPath },
  });
}

test('names the routes of requests without options of their route', async () => {
  const { port, records, handlers, allFinished } = await started(asBeforeRouteOptions);

  const statuses = [
    await call(port, '/orders/1'),
    await call(port, '/orders/2'),
    await call(port, '/nowhere'),
  ];
  await allFinished(3);

  expect(statuses).toEqual([200, 200, 404]);
  expect(statusesOf(await records())).toEqual({
    'GET /orders/:id': [200, 200],
    '(unmatched)': [404],
  });
  expect((await handlers())['GET /orders/:id']).toMatchObject({ function: 'showOrder' });
});

test('answers a request as without heaptide where its route cannot be read', async () => {
  const { port, profiler, records, allFinished } = await started((request) => {
    Object.defineProperty(request, 'routeOptions', {
      get: () => {
        throw new Error('moved');
      },
    });
  });

  const statuses = [await call(port, '/orders/1'), await call(port, '/denied')];
  await allFinished(2);

  expect(statuses).toEqual([200, 403]);
  expect(profiler.getStats().internalErrors).toBe(2);
  expect(statusesOf(await records())).toEqual({ '(unmatched)': [200, 403] });
});

test('answers a failing request with its own error where heaptide cannot follow it', async () => {
  const { port, profiler } = await started((request) => {
    const get = (target: object, key: string | symbol): unknown => {
      if (key === 'socket') throw new Error('moved');
      return Reflect.get(target, key);
    };
    Object.defineProperty(request, 'raw', { value: new Proxy(request.raw, { get }) });
  });

  const status = await call(port, '/denied');

  expect(status).toBe(403);
  expect(profiler.getStats()).toMatchObject({ internalErrors: 2, requestsFinished: 0 });
});
