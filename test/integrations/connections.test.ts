// Requests that share a connection of HTTP/1, by both ways into a server of Node.js.
import { once } from 'node:events';
import { Agent, createServer, type RequestListener, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import Koa from 'koa';
import { expect, onTestFinished, test } from 'vitest';
import { exposeForcedGc } from '../../lib/binding/forced-gc.js';
import { heaptideHttp } from '../../lib/integrations/http.js';
import { heaptideKoa } from '../../lib/integrations/koa.js';
import { ServerRoutes } from '../../lib/integrations/tracking/server-routes.js';
import { followHttpServers } from '../../lib/integrations/zero-code/follow-servers.js';
import { Gate, listening } from './framework-app.js';
import { type RecordingProfiler, recordingProfiler, statusesOf } from './recorded.js';
import { call, until } from './requests.js';

const WAYS = [['heaptideHttp'], ['heaptide/register']] as const;
type Way = (typeof WAYS)[number][0];

interface Service extends RecordingProfiler {
  readonly server: Server;
  readonly port: number;
  /** Connections that the server has accepted. */
  readonly connections: readonly Socket[];
}

/** Followers of a thread stay; those of tests that are over find their profiler stopped. */
async function serve(way: Way, handle: RequestListener): Promise<Service> {
  const recording = recordingProfiler({ enabled: false });
  const { profiler } = recording;
  const server = createServer(handle);
  if (way === 'heaptideHttp') heaptideHttp(server, { profiler });
  else followHttpServers({ profilerOf: () => profiler, findRoute: new ServerRoutes().find });
  profiler.start();
  const connections: Socket[] = [];
  server.on('connection', (socket) => connections.push(socket));
  const { port, close } = await listening(server);
  onTestFinished(close);
  return { ...recording, server, port, connections };
}

function keptAlive(maxSockets: number): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets });
  onTestFinished(() => agent.destroy());
  return agent;
}

/** A connection that speaks for itself, and what came back on it. */
async function openConnection(port: number) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
  });
  const get = (...paths: string[]) =>
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: test\r\n\r\n`).join(''));
  return { socket, get, received: () => received };
}

test.each(WAYS)('%s tells requests that take turns on a few connections apart', async (way) => {
  const statuses: Record<string, number> = { '/a': 200, '/b': 201, '/c': 404, '/d': 500 };
  const { profiler, records, port, connections } = await serve(way, async (incoming, response) => {
    if (incoming.method === 'POST') await setImmediate();
    response.writeHead(statuses[incoming.url ?? ''] ?? 200).end();
  });
  const agent = keptAlive(2);
  const sent: Record<string, number[]> = {};

  const requests = fc.array(
    fc.record({
      path: fc.constantFrom(...Object.keys(statuses)),
      method: fc.constantFrom('GET', 'POST'),
    }),
    { minLength: 1, maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(requests, async (batch) => {
      await Promise.all(batch.map(({ path, method }) => call(port, path, { method, agent })));
      for (const { path, method } of batch) {
        const status = statuses[path] ?? 0;
        const name = status === 404 ? '(unmatched)' : `${method} ${path}`;
        sent[name] = [...(sent[name] ?? []), status];
      }
    }),
    { numRuns: 20 },
  );
  const count = Object.values(sent).flat().length;
  await until(() => profiler.getStats().requestsFinished === count);

  expect(connections.length).toBeLessThanOrEqual(2);
  expect(statusesOf(await records())).toEqual(sent);
});

test.each(WAYS)('%s follows requests that are sent before the answer', async (way) => {
  const gate = new Gate();
  const { profiler, records, port } = await serve(way, async (incoming, response) => {
    if (incoming.url === '/first') await gate.opened;
    response.writeHead(incoming.url === '/second' ? 201 : 200).end();
  });
  const { socket, get, received } = await openConnection(port);

  get('/first', '/second', '/third');
  await until(() => profiler.getStats().inFlight === 3);
  gate.open();
  await until(() => received().split('HTTP/1.1 ').length === 4);
  get('/fourth');
  await until(() => profiler.getStats().requestsFinished === 4);
  socket.destroy();

  expect(profiler.getStats().inFlight).toBe(0);
  expect(statusesOf(await records())).toEqual({
    'GET /first': [200],
    'GET /second': [201],
    'GET /third': [200],
    'GET /fourth': [200],
  });
});

test.each(WAYS)('%s notices a client that leaves a connection in use', async (way) => {
  const { profiler, records, port, connections } = await serve(way, (incoming, response) => {
    if (incoming.url === '/answers') response.end();
  });
  const agent = keptAlive(1);

  await call(port, '/answers', { agent });
  await call(port, '/answers', { agent });
  const hanging = request({ port, host: '127.0.0.1', path: '/hangs', agent });
  hanging.on('error', () => {}).end();
  await until(() => profiler.getStats().inFlight === 1);
  hanging.destroy();
  await until(() => profiler.getStats().requestsFinished === 3);

  expect(connections).toHaveLength(1);
  expect(profiler.getStats().inFlight).toBe(0);
  expect(statusesOf(await records())).toEqual({
    'GET /answers': [200, 200],
    'GET /hangs': [499],
  });
});

test.each(WAYS)('%s has done with a connection that is upgraded', async (way) => {
  const { profiler, server, port, connections } = await serve(way, (_request, response) => {
    response.end();
  });
  const { socket, get, received } = await openConnection(port);
  get('/before');
  await until(() => profiler.getStats().requestsFinished === 1);

  server.on('upgrade', (_request, peer) => {
    peer.on('end', () => peer.destroy()).resume();
    peer.write('switched');
  });
  socket.write('GET /up HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
  await until(() => received().endsWith('switched'));
  const whileUpgraded = profiler.getStats();
  socket.destroy();
  await until(() => connections[0]?.destroyed === true);

  expect(whileUpgraded).toMatchObject({ inFlight: 0, requestsFinished: 1 });
  expect(profiler.getStats()).toMatchObject({ inFlight: 0, requestsFinished: 1 });
});

test.each(WAYS)('%s keeps nothing of the last request of an idle connection', async (way) => {
  const collect = exposeForcedGc();
  const responses: WeakRef<object>[] = [];
  const { profiler, port, connections } = await serve(way, (_request, response) => {
    responses.push(new WeakRef(response));
    response.end();
  });
  const agent = keptAlive(1);

  await call(port, '/a', { agent });
  await until(() => profiler.getStats().requestsFinished === 1);
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  collect?.();

  expect(connections[0]?.destroyed).toBe(false);
  expect(responses.map((response) => response.deref())).toEqual([undefined]);
});

test.each(WAYS)('%s takes up a connection whose request outlives a run', async (way) => {
  const gate = new Gate();
  const { profiler, records, port } = await serve(way, async (incoming, response) => {
    if (incoming.url === '/outlives') await gate.opened;
    response.end();
  });
  const agent = keptAlive(1);

  const first = call(port, '/outlives', { agent });
  await until(() => profiler.getStats().inFlight === 1);
  await profiler.stop();
  profiler.start();
  gate.open();
  await first;
  await call(port, '/next', { agent });
  await until(() => profiler.getStats().requestsFinished === 1);

  expect(profiler.getStats().inFlight).toBe(0);
  expect(statusesOf(await records())).toEqual({ 'GET /next': [200] });
});

test('a handler that works on after its answer adds nothing to the next request', async () => {
  const { profiler, records } = recordingProfiler();
  const [afterAnswer, answer] = [new Gate(), new Gate()];
  const app = new Koa().use(heaptideKoa({ profiler })).use(async (context) => {
    context.respond = false;
    context.status = 200;
    if (context.path === '/next') await answer.opened;
    context.res.end();
    if (context.path === '/next') return;
    await afterAnswer.opened;
    throw new Error('too late');
  });
  app.silent = true;
  const { port, close } = await listening(createServer(app.callback()));
  onTestFinished(close);
  const agent = keptAlive(1);

  await call(port, '/early', { agent });
  const next = call(port, '/next', { agent });
  await until(() => profiler.getStats().inFlight === 1);
  afterAnswer.open();
  await setImmediate();
  answer.open();
  await next;
  await until(() => profiler.getStats().requestsFinished === 2);

  const { '(unmatched)': profiles = [] } = await records();
  expect(profiles.map(({ statusCode, errorMessage }) => [statusCode, errorMessage])).toEqual([
    [200, undefined],
    [200, undefined],
  ]);
});
