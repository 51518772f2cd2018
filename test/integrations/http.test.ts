// Servers of Node.js itself, without a framework.
import { once } from 'node:events';
import { createServer, request as send1 } from 'node:http';
import {
  type ClientHttp2Session,
  connect,
  createServer as createServer2,
  type Http2Server,
} from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { heaptideHttp } from '../../lib/integrations/http.js';
import { listening } from './framework-app.js';
import { recordingProfiler, statusesOf } from './recorded.js';
import { call, send, until } from './requests.js';

test('makes patterns of the paths of a plain server, and none of what it does not find', async () => {
  const { profiler, records } = recordingProfiler();
  const server = createServer((request, response) => {
    response.statusCode = request.url?.startsWith('/orders') ? 200 : 404;
    response.end();
  });
  heaptideHttp(server, { profiler });
  const { port, close } = await listening(server);
  onTestFinished(close);

  await call(port, '/orders/1?token=secret');
  await call(port, '/orders/2');
  await call(port, '/scan/admin.php');
  await until(() => profiler.getStats().requestsFinished === 3);

  expect(statusesOf(await records())).toEqual({
    'GET /orders/:id': [200, 200],
    '(unmatched)': [404],
  });
});

test('asks the application for the route where it can tell', async () => {
  const { profiler, records } = recordingProfiler();
  const server = createServer((_request, response) => response.end());
  heaptideHttp(server, {
    profiler,
    routeOf: ({ url }) => (url === '/a/x' ? '/a/:letter' : undefined),
  });
  const { port, close } = await listening(server);
  onTestFinished(close);

  await call(port, '/a/x');
  await call(port, '/b');
  await until(() => profiler.getStats().requestsFinished === 2);

  expect(statusesOf(await records())).toEqual({ 'GET /a/:letter': [200], '(unmatched)': [200] });
});

test('survives an application that fails to tell the route', async () => {
  const { profiler, records } = recordingProfiler();
  const server = createServer((_request, response) => response.end());
  const routeOf = () => {
    throw new Error('no router yet');
  };
  heaptideHttp(server, { profiler, routeOf });
  const { port, close } = await listening(server);
  onTestFinished(close);

  expect(await call(port, '/a')).toBe(200);
  await until(() => profiler.getStats().requestsFinished === 1);

  expect(profiler.getStats().internalErrors).toBe(1);
  expect(statusesOf(await records())).toEqual({ '(unmatched)': [200] });
});

test('gives names beyond the limit one name together', async () => {
  const { profiler, records } = recordingProfiler({ maxEndpoints: 2 });
  const server = createServer((_request, response) => response.end());
  heaptideHttp(server, { profiler, routeOf: ({ url }) => url });
  const { port, close } = await listening(server);
  onTestFinished(close);

  for (const path of ['/a', '/b', '/c', '/d']) await call(port, path);
  await until(() => profiler.getStats().requestsFinished === 4);

  expect(statusesOf(await records())).toEqual({
    'GET /a': [200],
    'GET /b': [200],
    '(other)': [200, 200],
  });
});

test('counts requests that never finish, and lets go of those whose client is gone', async () => {
  const { profiler } = recordingProfiler();
  const server = createServer((_request, response) => void response.write('first'));
  heaptideHttp(server, { profiler });
  const { port, close } = await listening(server);
  onTestFinished(close);

  const answers = await Promise.all([send(port, '/a'), send(port, '/a'), send(port, '/a')]);
  const whileOpen = profiler.getStats();
  for (const { client } of answers) client.destroy();
  await until(() => profiler.getStats().requestsFinished === 3);

  expect(whileOpen).toMatchObject({ inFlight: 3, requestsFinished: 0 });
  expect(profiler.getStats()).toMatchObject({ inFlight: 0, requestsFinished: 3 });
});

test('leaves upgraded connections and malformed requests alone', async () => {
  const { profiler } = recordingProfiler();
  const server = createServer((_request, response) => response.end());
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n';
  server.on('upgrade', (_request, socket) => socket.end(`${switching}\r\n`));
  heaptideHttp(server, { profiler });
  const { port, close } = await listening(server);
  onTestFinished(close);

  const upgrade = send1({
    host: '127.0.0.1',
    port,
    headers: { connection: 'upgrade', upgrade: 'echo' },
  }).end();
  await once(upgrade, 'upgrade');
  const malformed = connectTcp(port, '127.0.0.1').end('NONSENSE\r\n\r\n');
  await once(malformed.resume(), 'close');
  await call(port, '/a');
  await until(() => profiler.getStats().requestsFinished === 1);

  expect(profiler.getStats()).toMatchObject({ inFlight: 0, internalErrors: 0 });
});

test('follows HTTP/2 in both interfaces of Node.js', async () => {
  const { profiler, records } = recordingProfiler();
  const server = createServer2();
  heaptideHttp(server, { profiler });
  server.on('stream', (stream, headers) => {
    if (headers[':path'] === '/streams/1') {
      stream.respond({ ':status': 201 });
      stream.end();
    }
  });
  server.on('request', (request, response) => {
    if (request.url === '/requests/1') response.writeHead(202).end();
  });
  const client = await connected(server);

  for (const path of ['/streams/1', '/requests/1']) {
    await once(client.request({ ':path': path }).resume().end(), 'close');
  }
  const hanging = client.request({ ':path': '/hanging' });
  await until(() => profiler.getStats().inFlight === 1);
  hanging.close();
  await until(() => profiler.getStats().requestsFinished === 3);

  expect(statusesOf(await records())).toEqual({
    'GET /streams/:id': [201],
    'GET /requests/:id': [202],
    'GET /hanging': [499],
  });
});

test('gives the methods that an HTTP/2 client invents one name together', async () => {
  const { profiler, records } = recordingProfiler({ maxEndpoints: 2 });
  const server = createServer2((_request, response) => response.end());
  heaptideHttp(server, { profiler });
  const client = await connected(server);

  for (const method of ['M1', 'M2', 'M3', 'GET']) {
    await once(client.request({ ':method': method, ':path': '/' }).resume().end(), 'close');
  }
  await until(() => profiler.getStats().requestsFinished === 4);

  expect(statusesOf(await records())).toEqual({
    '(other method) /': [200, 200, 200],
    'GET /': [200],
  });
});

test.each([[undefined], [null], [{}], ['server']])('rejects %j in place of a server', (server) => {
  expect(() => heaptideHttp(server as never)).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
  );
});

test.each([[null], [7], [{ profiler: {} }], [{ routeOf: '/a' }]])(
  'rejects the options %j',
  (options) => {
    expect(() => heaptideHttp(createServer(), options as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  },
);

/** A client of an HTTP/2 server that listens from now on; both end with the test. */
async function connected(server: Http2Server): Promise<ClientHttp2Session> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return client;
}
