import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, onTestFinished, test } from 'vitest';
import { analyzeProfileDirectory } from '../../lib/diagnosis/analyze-directory.js';
import { recoverProfileDirectory } from '../../lib/diagnosis/recover-directory.js';
import { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';
import { claimJournal } from '../../lib/storage/journal-claim.js';
import { HEADER } from '../../lib/storage/journal-layout.js';
import { loadProfileData, readStacks } from '../../lib/storage/load.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

const PACKAGE = JSON.stringify(join(__dirname, '..', '..', 'dist', 'index.js'));
const CLI = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

/** A process that records seven requests, one of which fails, and runs `ending`. */
function program(ending: string): string {
  return `
    const { EndpointProfiler, profileEndpoint } = require(${PACKAGE});
    const profiler = new EndpointProfiler({ enabled: true, outputDir: process.env.OUT });
    const handle = profileEndpoint('GET /orders/:id', { profiler })((n) => {
      if (n === 3) throw new Error('no "stock"');
    });
    for (let n = 1; n <= 7; n += 1) try { handle(n); } catch {}
    ${ending}`;
}

const KILL = "setImmediate(() => process.kill(process.pid, 'SIGKILL'));";

function leaveJournal(out: string, options: NodeJS.ProcessEnv = {}): void {
  const { signal } = spawnSync(process.execPath, ['-e', program(KILL)], {
    env: { ...process.env, OUT: out, ...options },
  });
  expect(signal).toBe('SIGKILL');
}

function journals(out: string): string[] {
  return readdirSync(join(out, '.journal')).filter((name) => name.endsWith('.journal'));
}

/** Keeps the journal of the dead run, and returns what puts it back: as if the recovery had died before deleting it. */
function keepJournal(out: string): () => void {
  const [name = ''] = journals(out);
  const journal = join(out, '.journal', name);
  const kept = join(temporaryDirectory(), name);
  copyFileSync(journal, kept);
  return () => copyFileSync(kept, journal);
}

function heaptide(...args: string[]): { readonly code: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8' });
  return { code: status, stdout };
}

async function storedNumbers(out: string): Promise<number[]> {
  const profiles = await loadProfileData(join(out, 'GET_orders_id.json'));
  return profiles.map(({ requestId }) => Number(requestId.split('-')[1]));
}

describe('a recovery', () => {
  test('keeps captures, error messages, handlers and stacks, not only figures', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);

    const { runs } = await recoverProfileDirectory(out);

    expect(runs).toMatchObject([{ records: 7, thread: 0 }]);
    const profiles = await loadProfileData(join(out, 'GET_orders_id.json'));
    expect(profiles[0]).toMatchObject({ reason: 'first' });
    expect(profiles[2]).toMatchObject({ statusCode: 500, errorMessage: 'no "stock"' });
    const index: unknown = JSON.parse(readFileSync(join(out, '_endpoints.json'), 'utf8'));
    expect(index).toMatchObject([{ endpoint: 'GET /orders/:id', handler: { line: 4 } }]);
    expect((await readStacks(out)).skipped).toBe(0);
  });

  test('passes over what is no file', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);
    mkdirSync(join(out, '_timeline~2.json'));

    const { runs, failed } = await recoverProfileDirectory(out);

    expect(failed).toBe(0);
    expect(runs).toMatchObject([{ records: 7 }]);
  });

  test('happens once, however often it is asked for and by how many at a time', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);

    await Promise.all(Array.from({ length: 4 }, () => recoverProfileDirectory(out)));
    await recoverProfileDirectory(out);

    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(journals(out)).toEqual([]);
  });

  test('that is killed when everything is written, but the journal still there, is repeated without doubles', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);
    const putBack = keepJournal(out);
    await recoverProfileDirectory(out);
    putBack();

    const { runs } = await recoverProfileDirectory(out);

    expect(runs).toMatchObject([{ records: 0, entries: 0 }]);
    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('completes what a write that was cut short left of a record', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);
    const putBack = keepJournal(out);
    await recoverProfileDirectory(out);
    const file = join(out, 'GET_orders_id.json');
    const text = readFileSync(file, 'utf8');
    truncateSync(file, text.lastIndexOf('"latency_ms"'));
    putBack();

    await recoverProfileDirectory(out);

    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test.each([
    ['was only just made', ''],
    ['was cut short', '[\n{"stack":1,"frames":[{"func'],
  ])('leaves files that parse where one that the journal says nothing of %s', async (_, text) => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out, { HEAPTIDE_SITES_ENABLED: '0' });
    writeFileSync(join(out, '_stacks.json'), text);

    await recoverProfileDirectory(out);

    const files = readdirSync(out).filter((name) => name.endsWith('.json'));
    const contents = files.map((name) => JSON.parse(readFileSync(join(out, name), 'utf8')));
    expect(contents.every((content) => Array.isArray(content) && content.length > 0)).toBe(true);
    expect(files).not.toContain('_stacks.json');
  });

  test('repairs an index of endpoints that was cut short though it lacks none', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);
    const putBack = keepJournal(out);
    await recoverProfileDirectory(out);
    const index = join(out, '_endpoints.json');
    truncateSync(index, statSync(index).size - 3);
    putBack();

    await recoverProfileDirectory(out);

    expect(JSON.parse(readFileSync(index, 'utf8'))).toMatchObject([
      { endpoint: 'GET /orders/:id' },
    ]);
  });

  test('is what the next start does, and counts', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);

    const profiler = new EndpointProfiler({ enabled: true, outputDir: out });
    onTestFinished(() => profiler.stop());
    await profiler.stop();

    expect(profiler.getStats().storage).toMatchObject({ recovered: 7, journaled: true });
    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('comes before an analysis', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);

    const analysis = await analyzeProfileDirectory(out);

    expect(analysis.endpoints).toMatchObject([{ endpoint: 'GET /orders/:id', requestCount: 7 }]);
    expect(analysis.runs).toMatchObject([{ ended: 'killed' }]);
  });

  test('finds what a worker thread left that was terminated', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const worker = new Worker(
      program("require('node:worker_threads').parentPort.postMessage('');"),
      {
        eval: true,
        env: { ...process.env, OUT: out },
      },
    );
    await once(worker, 'message');
    await worker.terminate();

    const { runs } = await recoverProfileDirectory(out);

    expect(runs).toMatchObject([{ records: 7, thread: 1 }]);
    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('that cannot write keeps the journal, and the analysis goes on without it', async ({
    skip,
  }) => {
    const out = temporaryDirectory();
    leaveJournal(out);
    await recoverProfileDirectory(out);
    leaveJournal(out);
    spawnSync('mount', ['--bind', out, out]);
    onTestFinished(() => void spawnSync('umount', ['-l', out]));
    const { status } = spawnSync('mount', ['-o', 'remount,bind,ro', out]);
    skip(status !== 0, 'mounting needs privileges that this machine does not give');

    const { runs, failed } = await recoverProfileDirectory(out);
    const analysis = await analyzeProfileDirectory(out);

    expect([runs.length, failed]).toEqual([0, 1]);
    expect(analysis.endpoints).toMatchObject([{ requestCount: 7 }]);
    expect(journals(out)).toHaveLength(1);
  });

  test('leaves a run that is alive alone', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const child = spawn(
      process.execPath,
      ['-e', program("console.log('ready'); setInterval(() => {}, 1000);")],
      { env: { ...process.env, OUT: out }, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');

    const { runs, running } = await recoverProfileDirectory(out);

    expect([runs, running]).toEqual([[], 1]);
    expect(journals(out)).toHaveLength(1);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('not a journal')],
    ['zeros', Buffer.alloc(100_000)],
    ['a journal of another version', Buffer.from(`HEAPTIDE\x09${'\0'.repeat(5000)}`)],
  ])('sets a journal aside that holds %s', async (_what, bytes) => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);
    writeFileSync(join(out, '.journal', 'broken.journal'), bytes);

    const { runs, unreadable } = await recoverProfileDirectory(out);

    expect([runs.length, unreadable]).toEqual([1, 1]);
    expect(readdirSync(join(out, '.journal')).join()).toMatch(/broken\.journal\.corrupt-\d+/);
  });

  test('follows no link', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const elsewhere = join(temporaryDirectory(), 'elsewhere');
    leaveJournal(elsewhere);
    mkdirSync(out);
    symlinkSync(join(elsewhere, '.journal'), join(out, '.journal'));

    const { runs } = await recoverProfileDirectory(out);

    expect(runs).toEqual([]);
    expect(journals(elsewhere)).toHaveLength(1);
  });

  test('creates nothing in a directory that has no journals', async () => {
    const out = temporaryDirectory();

    await recoverProfileDirectory(out);

    expect(readdirSync(out)).toEqual([]);
  });
});

describe('without the addon', () => {
  const FALLBACK = { HEAPTIDE_BACKEND: 'fallback' };
  // The journal is written ten times a second; timers run in the order in which they are due.
  const KILL_LATER = "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 150);";

  function leaveWrittenJournal(out: string): void {
    const { signal } = spawnSync(process.execPath, ['-e', program(KILL_LATER)], {
      env: { ...process.env, ...FALLBACK, OUT: out },
    });
    expect(signal).toBe('SIGKILL');
    expect(journals(out)).toHaveLength(1);
  }

  function recovered(out: string, env: NodeJS.ProcessEnv = {}): unknown {
    const { stdout } = spawnSync(process.execPath, [CLI, 'recover', out, '--json'], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
    return JSON.parse(stdout);
  }

  async function living(out: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
    const ending = "setTimeout(() => console.log('ready'), 150); setInterval(() => {}, 1000);";
    const child = spawn(process.execPath, ['-e', program(ending)], {
      env: { ...process.env, ...env, OUT: out },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return child;
  }

  test.each([
    ['with it', {}],
    ['without it', FALLBACK],
  ])(
    'a killed run is recovered %s, with captures, error messages, handlers and stacks',
    async (_how, env) => {
      const out = join(temporaryDirectory(), 'profiles');
      leaveWrittenJournal(out);

      expect(recovered(out, env)).toMatchObject({ runs: [{ records: 7, thread: 0 }] });

      expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      const profiles = await loadProfileData(join(out, 'GET_orders_id.json'));
      expect(profiles[0]).toMatchObject({ reason: 'first' });
      expect(profiles[2]).toMatchObject({ statusCode: 500, errorMessage: 'no "stock"' });
      expect(recovered(out, env)).toMatchObject({ runs: [] });
      expect(readdirSync(join(out, '.journal'))).toEqual([]);
    },
  );

  test('a killed run is recovered once by many recoveries of both kinds at a time', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveWrittenJournal(out);

    const recover = promisify(execFile);
    await Promise.all([
      ...Array.from({ length: 3 }, () => recoverProfileDirectory(out)),
      ...[FALLBACK, FALLBACK, {}].map((env) =>
        recover(process.execPath, [CLI, 'recover', out], { env: { ...process.env, ...env } }),
      ),
    ]);

    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(journals(out)).toEqual([]);
  });

  test('a run that is alive is left alone by both, and recovered when it is killed', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const child = await living(out, FALLBACK);

    const whileAlive = [recovered(out), recovered(out, FALLBACK)];
    child.kill('SIGKILL');
    await once(child, 'exit');

    for (const recovery of whileAlive) expect(recovery).toMatchObject({ runs: [], running: 1 });
    expect(recovered(out)).toMatchObject({ runs: [{ records: 7 }], running: 0 });
  });

  test.each([
    ['alive', false],
    ['dead', true],
  ])(
    'a run with the addon that is %s is left alone, since its lock cannot be seen',
    async (_state, isKilled) => {
      const out = join(temporaryDirectory(), 'profiles');
      const child = await living(out, {});
      if (isKilled) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }

      const recovery = recovered(out, FALLBACK);

      expect(recovery).toMatchObject({ runs: [], running: 0, unseen: 1 });
      expect(journals(out)).toHaveLength(1);
    },
  );

  test('a worker thread that was terminated is recovered while its process lives', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const worker = new Worker(
      program(
        "setTimeout(() => require('node:worker_threads').parentPort.postMessage(''), 150); setInterval(() => {}, 1000);",
      ),
      { eval: true, env: { ...process.env, ...FALLBACK, OUT: out } },
    );
    await once(worker, 'message');

    const whileAlive = await recoverProfileDirectory(out);
    await worker.terminate();
    const afterwards = await recoverProfileDirectory(out);

    expect(whileAlive).toMatchObject({ runs: [], running: 1 });
    expect(afterwards).toMatchObject({ runs: [{ records: 7, thread: expect.any(Number) }] });
    const { runs } = await analyzeProfileDirectory(out);
    expect(runs).toMatchObject([{ ended: 'killed' }]);
  });

  test('a run of another container is recovered when it has given no sign of life for ten minutes', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveWrittenJournal(out);
    const [name = ''] = journals(out);
    const elsewhere = join(out, '.journal', name.replace(/-[0-9a-f]{8}-/, '-00000000-'));
    renameSync(join(out, '.journal', name), elsewhere);

    const atOnce = await recoverProfileDirectory(out);
    const elevenMinutesAgo = Date.now() / 1000 - 11 * 60;
    utimesSync(elsewhere, elevenMinutesAgo, elevenMinutesAgo);
    const later = await recoverProfileDirectory(out);

    expect(atOnce).toMatchObject({ runs: [], running: 1 });
    expect(later).toMatchObject({ runs: [{ records: 7 }], running: 0 });
  });

  test('a recovery that goes on in another container is left alone', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveWrittenJournal(out);
    const folder = join(out, '.journal');
    const [name = ''] = journals(out);
    const anHourAgo = Date.now() / 1000 - 3600;
    utimesSync(join(folder, name), anHourAgo, anHourAgo);
    await claimJournal(join(folder, name), undefined);
    const [claimed = ''] = journals(out);
    renameSync(join(folder, claimed), join(folder, claimed.replace(/-[0-9a-f]{8}-/, '-00000000-')));

    const recovery = await recoverProfileDirectory(out);

    expect(claimed).not.toBe(name);
    expect(recovery).toMatchObject({ runs: [], running: 1 });
  });

  test('a run that ends in an error that nobody catches has nothing left to recover', async () => {
    const out = join(temporaryDirectory(), 'profiles');

    const { status } = spawnSync(process.execPath, ['-e', program("throw new Error('end');")], {
      env: { ...process.env, ...FALLBACK, OUT: out },
    });

    expect(status).toBe(1);
    expect(readdirSync(join(out, '.journal'))).toEqual([]);
    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('how a run ended', () => {
  test('goes by its journal: a worker that was terminated is killed though its process lives', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const worker = new Worker(
      program(
        `profiler.buffer.flushAll().then(() => require('node:worker_threads').parentPort.postMessage(''));
        setInterval(() => {}, 1000);`,
      ),
      { eval: true, env: { ...process.env, OUT: out } },
    );
    await once(worker, 'message');

    const whileAlive = await analyzeProfileDirectory(out);
    await worker.terminate();
    const afterwards = await analyzeProfileDirectory(out);

    expect(whileAlive.runs).toMatchObject([{ ended: 'running' }]);
    expect(afterwards.runs).toMatchObject([{ ended: 'killed' }]);
  });
});

describe('heaptide recover', () => {
  test('says what it found', () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);

    const first = heaptide('recover', out);
    const second = heaptide('recover', out);

    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(
      /^Run [a-z0-9]{6} \(process \d+, started 20.* UTC\) was killed: recovered 7 records and \d+ timeline entr(y|ies)\n$/,
    );
    expect(second).toEqual({ code: 0, stdout: 'Nothing to recover\n' });
  });

  test('brings back a run whose journal has lost when it started', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);
    const [name = ''] = journals(out);
    const journal = join(out, '.journal', name);
    const bytes = readFileSync(journal);
    bytes.writeDoubleLE(Number.NaN, HEADER.started);
    writeFileSync(journal, bytes);

    const { code, stdout } = heaptide('recover', out);

    expect(code).toBe(0);
    expect(stdout).toContain('started an unknown time) was killed: recovered 7 records');
    expect(await storedNumbers(out)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('prints JSON for scripts', () => {
    const out = join(temporaryDirectory(), 'profiles');
    leaveJournal(out);

    const { stdout } = heaptide('recover', out, '--json');

    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'heaptide.recovery/1',
      runs: [{ records: 7 }],
      running: 0,
      failed: 0,
      unreadable: 0,
      unseen: 0,
    });
  });

  test('ends with 2 when there is no such directory', () => {
    expect(heaptide('recover', join(temporaryDirectory(), 'missing')).code).toBe(2);
  });
});

test('a journal is closed to other programs: cutting it would kill the process that has it mapped', () => {
  const out = join(temporaryDirectory(), 'profiles');
  leaveJournal(out);
  const [name = ''] = journals(out);

  const { mode } = statSync(join(out, '.journal', name));

  expect(mode & 0o777).toBe(0o400);
});
