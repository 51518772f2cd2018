import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadBinding } from '../../lib/binding/load.js';
import type { FileMemory } from '../../lib/core/file-memory.js';
import { takeLock } from '../../lib/storage/exclusive-lock.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

const MODULE = JSON.stringify(join(__dirname, '..', '..', 'dist', 'storage', 'exclusive-lock.js'));
const { fileMemory } = loadBinding().binding;

function held(path: string, memory: FileMemory | undefined): boolean {
  const lock = takeLock(path, memory);
  lock?.release();
  return lock === undefined;
}

/** The lock of a process that takes it without the addon and dies of SIGKILL. */
function leaveLock(path: string): void {
  const program = `require(${MODULE}).takeLock(${JSON.stringify(path)}); process.kill(process.pid, 'SIGKILL');`;
  const { signal } = spawnSync(process.execPath, ['-e', program]);
  expect(signal).toBe('SIGKILL');
}

const KINDS: readonly [string, FileMemory | undefined][] = [
  ['flock', fileMemory],
  ['folder', undefined],
];

describe.each(KINDS)('a lock by %s', (_kind, memory) => {
  test('keeps locks of both kinds out until it is released', () => {
    const path = join(temporaryDirectory(), 'writer-1.lock');

    const lock = takeLock(path, memory);
    const whileHeld = KINDS.map(([, other]) => held(path, other));
    lock?.release();
    const afterwards = KINDS.map(([, other]) => held(path, other));

    expect([whileHeld, afterwards]).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(readdirSync(join(path, '..'))).toEqual([]);
  });

  test('is had again when the holder without the addon was killed', () => {
    const path = join(temporaryDirectory(), 'writer-1.lock');
    leaveLock(path);

    expect(held(path, memory)).toBe(false);
  });

  test('knows when it has lost its name', () => {
    const folder = temporaryDirectory();
    const path = join(folder, 'writer-1.lock');
    const lock = takeLock(path, memory);
    onTestFinished(() => lock?.release());

    const before = lock?.isNamed();
    spawnSync('rm', ['-r', path]);

    expect([before, lock?.isNamed()]).toEqual([true, false]);
  });
});

test('a lock without the addon is held by a living process, and by nobody when that is killed', async () => {
  const path = join(temporaryDirectory(), 'writer-1.lock');
  const program = `require(${MODULE}).takeLock(${JSON.stringify(path)}); console.log(); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');

  const whileAlive = KINDS.map(([, memory]) => held(path, memory));
  child.kill('SIGKILL');
  await once(child, 'exit');
  const afterwards = KINDS.map(([, memory]) => held(path, memory));

  expect([whileAlive, afterwards]).toEqual([
    [true, true],
    [false, false],
  ]);
});

test('a file that a killed process had locked is not taken without the addon, and is with it', () => {
  const path = join(temporaryDirectory(), 'writer-1.lock');
  writeFileSync(path, '');

  expect([held(path, undefined), held(path, fileMemory)]).toEqual([true, false]);
});

test('a folder with something else in it is nobody’s to take, and stays', () => {
  const path = join(temporaryDirectory(), 'writer-1.lock');
  mkdirSync(path);
  writeFileSync(join(path, 'notes'), '');

  expect(KINDS.map(([, memory]) => held(path, memory))).toEqual([true, true]);
  expect(readdirSync(path)).toEqual(['notes']);
});

test('of many threads that find a dead holder’s lock at the same time, one gets it', async () => {
  const folder = temporaryDirectory();
  const paths = Array.from({ length: 60 }, (_, n) => join(folder, `writer-${n}.lock`));
  leaveLock(paths[0] ?? '');
  const [dead = ''] = readdirSync(paths[0] ?? '');
  for (const path of paths) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, dead), '');
  }
  const program = `
    const { takeLock } = require(${MODULE});
    const { parentPort, workerData } = require('node:worker_threads');
    parentPort.once('message', () => {
      parentPort.postMessage(workerData.filter((path) => takeLock(path) !== undefined));
      setInterval(() => {}, 1000);
    });`;
  const workers = Array.from(
    { length: 4 },
    () => new Worker(program, { eval: true, workerData: paths }),
  );
  onTestFinished(async () => void (await Promise.all(workers.map((worker) => worker.terminate()))));

  const answers = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('go');
  const taken: string[] = (await Promise.all(answers)).flat(2);

  expect(taken.toSorted()).toEqual(paths.toSorted());
});
