// Services that know nothing of heaptide, profiled by `node --import heaptide/register`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordsIn, statusesOf } from './recorded.js';
import { call } from './requests.js';
import { startService } from './service-process.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
// For services in a package of their own, which has no heaptide among its dependencies.
const REGISTER = createRequire(import.meta.url).resolve('heaptide/register');
const BUILD = join(import.meta.dirname, '..', '..', 'build');

/** A working directory inside the checkout, where `heaptide/register` is found as a service finds it. */
function workingDirectory(heaptide?: unknown): string {
  mkdirSync(BUILD, { recursive: true });
  const cwd = mkdtempSync(join(BUILD, 'register-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  if (heaptide !== undefined) {
    mkdirSync(join(cwd, 'service'));
    writeFileSync(join(cwd, 'service', 'package.json'), JSON.stringify({ heaptide }));
    mkdirSync(join(cwd, 'service', 'src'));
    return join(cwd, 'service', 'src');
  }
  return cwd;
}

test.each(['--import', '--require'])('%s follows every route of Express', async (flag) => {
  const cwd = workingDirectory();
  const service = await startService(
    [flag, 'heaptide/register', join(FIXTURES, 'express-service.mjs')],
    { cwd },
  );
  const port = service.told['port'] ?? 0;

  await call(port, '/shops/nord/orders/1?token=secret');
  await call(port, '/shops/sued/orders/2');
  await call(port, '/fails');
  await call(port, '/favicon.ico');
  const code = await service.end();

  expect([code, service.output()]).toEqual([0, '']);
  expect(statusesOf(await recordsIn(join(cwd, 'endpoint_profiles')))).toEqual({
    'GET /shops/:shop/orders/:id': [200, 200],
    'GET /fails': [500],
    '(unmatched)': [404],
  });
});

test('follows an HTTP/2 server from its first request on, also one that was made before', async () => {
  const cwd = workingDirectory();
  const program = `
    const { connect, createServer } = require('node:http2');
    const server = createServer((_request, response) => response.end('ok'));
    require(${JSON.stringify(REGISTER)});
    server.listen(0, () => {
      const client = connect('http://127.0.0.1:' + server.address().port);
      client.request({ ':path': '/second/14' }).resume().end().once('close', () => {
        client.close();
        server.close();
      });
    });`;

  const child = spawn(process.execPath, ['-e', program], { cwd, stdio: 'inherit' });
  const [code] = await once(child, 'exit');

  expect(code).toBe(0);
  expect(statusesOf(await recordsIn(join(cwd, 'endpoint_profiles')))).toEqual({
    'GET /second/:id': [200],
  });
});

test('follows Fastify, plain servers, HTTP/2 and worker threads at once', async () => {
  const cwd = workingDirectory();
  const service = await startService(
    ['--import', 'heaptide/register', join(FIXTURES, 'mixed-service.cjs')],
    { cwd },
  );
  const { fastify = 0, plain = 0, second = 0, threaded = 0 } = service.told;

  await call(fastify, '/products/blue-shirt');
  await call(plain, '/users/12');
  await call(threaded, '/threads/13');
  const client = connect(`http://127.0.0.1:${second}`);
  await once(client.request({ ':path': '/second/14' }).resume().end(), 'close');
  client.close();
  const code = await service.end();

  expect([code, service.output()]).toEqual([0, '']);
  expect(statusesOf(await recordsIn(join(cwd, 'endpoint_profiles')))).toEqual({
    'GET /products/:sku': [200],
    'GET /users/:id': [200],
    'GET /threads/:id': [200],
    'GET /second/:id': [200],
  });
});

test('stays off where the configuration says so, until the signal comes', async () => {
  const cwd = workingDirectory({ enabled: false, outputDir: 'kept-here' });
  const service = await startService(
    ['--import', REGISTER, join(FIXTURES, 'express-service.mjs')],
    { cwd },
  );
  const port = service.told['port'] ?? 0;

  await call(port, '/shops/nord/orders/1');
  const whileOff = existsSync(join(cwd, 'kept-here'));
  service.child.kill('SIGUSR2');
  await service.says(/SIGUSR2 received: profiling is on/);
  await call(port, '/shops/nord/orders/2');
  service.child.kill('SIGUSR2');
  await service.says(/profiling is off/);
  await call(port, '/shops/nord/orders/3');
  const code = await service.end();

  expect([code, whileOff]).toEqual([0, false]);
  expect(statusesOf(await recordsIn(join(cwd, 'kept-here')))).toEqual({
    'GET /shops/:shop/orders/:id': [200],
  });
});

test.each([
  { enabled: '0', listens: false },
  { enabled: '1', listens: true },
])(
  'with profiling $enabled, Node.js makes a message for each request: $listens',
  async ({ enabled, listens }) => {
    const program =
      "process.exitCode = require('node:diagnostics_channel').hasSubscribers('http.server.request.start') ? 10 : 11";

    const child = spawn(process.execPath, ['--require', REGISTER, '--eval', program], {
      cwd: workingDirectory(),
      env: { ...process.env, HEAPTIDE_ENABLE_PROFILING: enabled },
      stdio: 'inherit',
    });
    const [code] = await once(child, 'exit');

    expect(code).toBe(listens ? 10 : 11);
  },
);

test('runs on when the signal comes after its working directory has been removed', async () => {
  const cwd = workingDirectory();
  const program = `
    const { mkdtempSync, rmdirSync } = require('node:fs');
    const removed = mkdtempSync(process.cwd() + '/removed-');
    process.chdir(removed);
    rmdirSync(removed);
    process.once('SIGUSR2', () => setImmediate(() => process.exit(12)));
    setInterval(() => {}, 1000);
    process.kill(process.pid, 'SIGUSR2');`;

  const child = spawn(process.execPath, ['--require', REGISTER, '--eval', program], {
    cwd,
    env: { ...process.env, HEAPTIDE_ENABLE_PROFILING: '0', NODE_NO_WARNINGS: '1' },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');

  expect(code).toBe(12);
});

test('takes the signal that it is given, and leaves the usual one alone', async () => {
  const service = await startService(
    ['--import', REGISTER, join(FIXTURES, 'express-service.mjs')],
    { cwd: workingDirectory(), env: { HEAPTIDE_TOGGLE_SIGNAL: 'SIGWINCH' } },
  );

  service.child.kill('SIGWINCH');
  await service.says(/SIGWINCH received: profiling is off/);
  const code = await service.end('SIGUSR2');

  // The default action of the signal ends the process.
  expect([code, service.child.signalCode]).toEqual([null, 'SIGUSR2']);
});

test('says that a signal cannot be listened to, and runs on', async () => {
  const service = await startService(
    ['--import', 'heaptide/register', join(FIXTURES, 'express-service.mjs')],
    { cwd: workingDirectory(), env: { HEAPTIDE_TOGGLE_SIGNAL: 'SIGKILL' } },
  );

  const code = await service.end();

  expect(code).toBe(0);
  expect(service.output()).toMatch(/No process can listen to SIGKILL/);
});

test('names a wrong value in package.json once, and runs on', async () => {
  const service = await startService(
    ['--import', REGISTER, join(FIXTURES, 'express-service.mjs')],
    { cwd: workingDirectory({ samplingRate: 7 }) },
  );

  const code = await service.end();

  expect(code).toBe(0);
  expect(
    service.output().match(/HeapTideWarning: .*package.json heaptide.samplingRate/g),
  ).toHaveLength(1);
});
