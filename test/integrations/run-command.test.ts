// `heaptide run`: a service under the command line, from its start to its verdict.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { recordsIn, statusesOf } from './recorded.js';
import { call } from './requests.js';
import { startService } from './service-process.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const SERVICE = join(FIXTURES, 'express-service.mjs');

function workingDirectory(): string {
  const cwd = mkdtempSync(join(tmpdir(), 'heaptide run-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  return cwd;
}

test.each([
  ['node', ['node', SERVICE]],
  ['another program that starts Node.js', ['sh', '-c', `exec node '${SERVICE}'`]],
])('profiles a service that %s runs, and prints the verdict of this run', async (_, command) => {
  const cwd = workingDirectory();
  const service = await startService([CLI, 'run', '--', ...command], { cwd });

  await call(service.told['port'] ?? 0, '/shops/nord/orders/1');
  const code = await service.end();

  expect(code).toBe(0);
  expect(service.output()).toContain('Too few major-GC floors to tell');
  expect(service.output()).not.toMatch(/\d other/);
  const [run = ''] = readdirSync(join(cwd, 'endpoint_profiles'));
  expect(service.output()).toContain(`Profiles are in ${join(cwd, 'endpoint_profiles', run)}`);
  expect(statusesOf(await recordsIn(join(cwd, 'endpoint_profiles', run)))).toEqual({
    'GET /shops/:shop/orders/:id': [200],
  });
});

test('writes where it is told, and ends with the exit code of the service', async () => {
  const cwd = workingDirectory();
  const service = await startService([CLI, 'run', '-o', 'here', '--', 'node', SERVICE, '7'], {
    cwd,
  });

  await call(service.told['port'] ?? 0, '/fails');
  const code = await service.end();

  expect(code).toBe(7);
  expect(statusesOf(await recordsIn(join(cwd, 'here')))).toEqual({ 'GET /fails': [500] });
});

test('reports a service that a signal ends as a shell does, with its records', async () => {
  const cwd = workingDirectory();
  const service = await startService([CLI, 'run', '-o', 'here', '--', 'node', SERVICE], { cwd });

  // The second answer shows that the first request is over; it may still be open itself.
  await call(service.told['port'] ?? 0, '/shops/nord/orders/1');
  await call(service.told['port'] ?? 0, '/fails');
  const code = await service.end('SIGHUP');

  expect(code).toBe(129);
  expect(statusesOf(await recordsIn(join(cwd, 'here')))).toMatchObject({
    'GET /shops/:shop/orders/:id': [200],
  });
});

test.each([
  ['a program that is not there', ['--', '/no/such/program'], /^error: Cannot run .*no such file/],
  ['no program', [], /missing required argument/],
])('says what is wrong with %s', async (_, args, message) => {
  const cwd = workingDirectory();

  const service = await startService([CLI, 'run', ...args], { cwd }).catch((error) => error);

  expect(existsSync(join(cwd, 'endpoint_profiles'))).toBe(false);
  expect(String(service.cause)).toMatch(message);
});
