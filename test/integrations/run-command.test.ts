// `heaptide run`: a service under the command line, from its start to its verdict.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { writeRuns } from '../support/profile-directory.js';
import { simulate } from '../support/synthetic-run.js';
import { recordsIn, statusesOf } from './recorded.js';
import { call } from './requests.js';
import { startService } from './service-process.js';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const SERVICE = join(FIXTURES, 'express-service.mjs');
const LEAK = { name: 'GET /leak', heapBytes: 2000 };

const execute = promisify(execFile);

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

test.each([
  ['a run', () => {}],
  ['records without a timeline', (directory: string) => rmSync(join(directory, '_timeline.json'))],
])('judges this run alone where %s is in its directory already', async (_, change) => {
  const cwd = workingDirectory();
  await writeRuns(join(cwd, 'here'), [simulate({ floors: 300, endpoints: [LEAK] })]);
  change(join(cwd, 'here'));
  const service = await startService(
    [CLI, 'run', '-o', 'here', '--fail-on-leak', '--', 'node', SERVICE],
    { cwd },
  );

  await call(service.told['port'] ?? 0, '/shops/nord/orders/1');
  const code = await service.end();

  expect(code).toBe(0);
  expect(service.output()).toContain('Too few major-GC floors to tell');
  expect(service.output()).not.toMatch(/\d other|of \d is shown|GET \/leak/);
});

test('judges nothing where the service wrote nothing, and leaves no directory', async () => {
  const cwd = workingDirectory();
  await writeRuns(join(cwd, 'here'), [simulate({ floors: 300, endpoints: [LEAK] })]);
  const silent = ['--fail-on-leak', '--', 'sh', '-c', ':'];

  // Rejects unless the exit code is 0.
  const reused = await execute(process.execPath, [CLI, 'run', '-o', 'here', ...silent], { cwd });
  const unnamed = await execute(process.execPath, [CLI, 'run', ...silent], { cwd });

  for (const { stdout } of [reused, unnamed]) {
    expect(stdout).toBe('\nThe service wrote no profiles\n');
  }
  expect(readdirSync(cwd)).toEqual(['here']);
});

test('gives runs that begin in the same second directories of their own', async () => {
  const cwd = workingDirectory();
  const clock =
    'data:text/javascript,Date.prototype.toISOString = () => "2026-11-24T09:15:00.000Z"';
  const start = () => startService(['--import', clock, CLI, 'run', '--', 'node', SERVICE], { cwd });

  const services = [await start(), await start(), await start()];
  for (const { told } of services) await call(told['port'] ?? 0, '/shops/nord/orders/1');
  for (const service of services) await service.end();

  const names = ['', '-2', '-3'].map((suffix) => `run-2026-11-24T09-15-00${suffix}`);
  expect(readdirSync(join(cwd, 'endpoint_profiles')).sort()).toEqual(names);
  services.forEach(({ output }, index) => {
    expect(output()).toContain(
      `Profiles are in ${join(cwd, 'endpoint_profiles', names[index] ?? '')}\n`,
    );
  });
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
