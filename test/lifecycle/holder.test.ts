import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isHolder, mayBeAlive, newHolder } from '../../lib/storage/holder.js';

const HOLDER = JSON.stringify(join(__dirname, '..', '..', 'dist', 'storage', 'holder.js'));
const MINUTE_MS = 60_000;
const never = () => 0;
const minutesAgo = (minutes: number) => () => Date.now() - minutes * MINUTE_MS;

/** The parts of a holder's name, with some of them replaced. */
function like(holder: string, parts: { start?: string; task?: string; place?: string }): string {
  const [pid, task, start, place, random] = holder.split('-');
  return [pid, parts.task ?? task, parts.start ?? start, parts.place ?? place, random].join('-');
}

describe('a holder', () => {
  test('has a name of its own each time', () => {
    const names = new Set(Array.from({ length: 100 }, newHolder));

    expect(names.size).toBe(100);
    for (const name of names) expect(isHolder(name)).toBe(true);
  });

  test('is alive while its thread is', () => {
    expect(mayBeAlive(newHolder(), never)).toBe(true);
  });

  test('is dead when its process is', () => {
    const { stdout } = spawnSync(process.execPath, ['-p', `require(${HOLDER}).newHolder(); `], {
      encoding: 'utf8',
    });

    expect(isHolder(stdout.trim())).toBe(true);
    expect(mayBeAlive(stdout.trim(), Date.now)).toBe(false);
  });

  test('whose place is another is alive for ten minutes after its last sign of life', () => {
    const elsewhere = like(newHolder(), { place: '00000000' });

    expect(mayBeAlive(elsewhere, minutesAgo(9))).toBe(true);
    expect(mayBeAlive(elsewhere, minutesAgo(11))).toBe(false);
  });

  test('without a thread is alive while some process has its id', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const holder = like(newHolder(), { task: '0', start: '0' });

    expect(mayBeAlive(holder, never)).toBe(true);
    expect(mayBeAlive(holder.replace(/^\d+/, String(pid)), Date.now)).toBe(false);
  });

  test('has a name that says so', () => {
    expect(isHolder('left')).toBe(false);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isHolder(`${text}.json`)).toBe(false);
        expect(isHolder(`../${text}`)).toBe(false);
      }),
    );
  });
});

describe.skipIf(process.platform !== 'linux')(
  'on Linux, which tells when a thread started, a holder',
  () => {
    test('is dead when its process id belongs to a later process', () => {
      const reused = like(newHolder(), { start: '1' });

      expect(mayBeAlive(reused, Date.now)).toBe(false);
    });

    test('is dead when its worker thread is, though the process lives', async () => {
      const worker = new Worker(
        `require('node:worker_threads').parentPort.postMessage(require(${HOLDER}).newHolder());
       setInterval(() => {}, 1000);`,
        { eval: true },
      );
      onTestFinished(async () => void (await worker.terminate()));
      const [holder]: string[] = await once(worker, 'message');

      const living = mayBeAlive(String(holder), never);
      await worker.terminate();

      expect(living).toBe(true);
      expect(mayBeAlive(String(holder), Date.now)).toBe(false);
    });
  },
);
