import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { analyzeProfileDirectory } from '../../lib/diagnosis/analyze-directory.js';
import { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';
import { profileEndpoint } from '../../lib/profiler/profile-endpoint.js';
import { listProfileFiles, loadProfileData } from '../../lib/storage/load.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

const PACKAGE = JSON.stringify(join(__dirname, '..', '..', 'dist', 'index.js'));

interface Service {
  readonly profiler: EndpointProfiler;
  /** Handles so many requests and flushes. */
  readonly serve: (count: number) => Promise<void>;
}

function serviceOn(outputDir: string): Service {
  const profiler = new EndpointProfiler({
    enabled: true,
    outputDir,
    probe: { enabled: false },
    bufferSize: 4096,
  });
  onTestFinished(() => profiler.stop());
  const handle = profileEndpoint('orders', { profiler })(() => 'ok');
  const serve = async (count: number) => {
    for (let n = 0; n < count; n += 1) handle();
    await profiler.buffer.flushAll();
  };
  return { profiler, serve };
}

async function storedNumbers(out: string): Promise<number[]> {
  const profiles = await loadProfileData(join(out, 'orders.json'));
  return profiles.map(({ requestId }) => Number(requestId.split('-')[1]));
}

function upTo(count: number, first = 1): number[] {
  return Array.from({ length: count - first + 1 }, (_, n) => n + first);
}

interface Result {
  readonly written: number;
  readonly buffered: number;
  readonly dropped: number;
  readonly flushErrors: number;
  readonly journaled: boolean;
}

/** The user that owns nothing. */
const NOBODY = 65_534;

/** Runs a service in a process of its own. `body` can call `serve(count)` and prints `stats()` at its end. */
function runService(
  out: string,
  body: string,
  options: { readonly uid?: number; readonly shell?: string } = {},
): { readonly status: number | null; readonly stderr: string; readonly result: Result } {
  const program = `
    const fs = require('node:fs');
    const { EndpointProfiler, profileEndpoint } = require(${PACKAGE});
    const profiler = new EndpointProfiler({ enabled: true, outputDir: process.env.OUT, bufferSize: 4096 });
    const handle = profileEndpoint('orders', { profiler })(() => 'ok');
    const serve = async (count) => {
      for (let n = 0; n < count; n += 1) handle();
      await profiler.buffer.flushAll();
    };
    (async () => {
      ${body}
      console.log(JSON.stringify(profiler.getStats().storage));
    })();`;
  const { shell = 'exec "$@"', uid } = options;
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', shell, 'sh', process.execPath, '-e', program],
    {
      env: { ...process.env, OUT: out },
      encoding: 'utf8',
      timeout: 30_000,
      ...(uid !== undefined && { uid, gid: uid }),
    },
  );
  const result: Result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}');
  return { status, stderr, result };
}

/** A service that leaks, and whose directory loses something after a third of its requests. */
function leakingWhile(removal: string): string {
  return `
    const fs = require('node:fs');
    const { join } = require('node:path');
    const { setTimeout: wait } = require('node:timers/promises');
    const { EndpointProfiler, profileEndpoint } = require(${PACKAGE});
    const { OUT } = process.env;
    const remove = (name) => fs.rmSync(join(OUT, name), { recursive: true });
    const profiler = new EndpointProfiler({
      enabled: true,
      outputDir: OUT,
      probe: { enabled: false, minIntervalMs: 100 },
    });
    const kept = [];
    function remember() {
      for (let n = 0; n < 20; n += 1) kept.push(new Array(100).fill(n));
    }
    const leak = profileEndpoint('GET /orders/:id', { profiler })(() => remember());
    const fine = profileEndpoint('GET /health', { profiler })(() => 'ok');
    const serve = async (floors) => {
      for (let floor = 0; floor < floors; floor += 1) {
        for (let n = 0; n < 200; n += 1) {
          leak();
          fine();
        }
        gc();
        await wait(60);
      }
    };
    (async () => {
      await serve(15);
      await profiler.buffer.flushAll();
      ${removal}
      await serve(30);
      await profiler.stop();
    })();`;
}

/** Whether a process of that user, which only the superuser can start, can read this clone. */
function isReadableTo(uid: number): boolean {
  const path = join(import.meta.dirname, '..', '..', 'package.json');
  return spawnSync('test', ['-r', path], { uid, gid: uid }).status === 0;
}

/** A small file system in memory. */
function mountAt(path: string, size: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status === 0;
}

function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'heaptide-storage-'));
  const isMounted = mountAt(probe, '64k');
  if (isMounted) spawnSync('umount', [probe]);
  rmSync(probe, { recursive: true });
  return isMounted;
}

function smallDisk(size: string): string {
  const path = temporaryDirectory();
  mountAt(path, size);
  onTestFinished(() => void spawnSync('umount', ['-l', path]));
  return path;
}

// Mounting needs privileges that not every machine gives.
describe.skipIf(!canMount())('a full disk', () => {
  test('that has no room for a journal is told once, and the service goes on', async () => {
    const out = smallDisk('256k');

    const { status, stderr, result } = runService(out, 'await serve(100);');

    expect(status).toBe(0);
    expect(stderr.match(/ERR_HEAPTIDE_OUTPUT_DIR/g)).toHaveLength(1);
    expect(stderr).toContain('ENOSPC');
    expect(result).toMatchObject({ written: 100, journaled: false });
  });

  test('that fills up while the service runs costs it no record as long as the ring holds them', async () => {
    const out = smallDisk('8m');

    const { status, result } = runService(
      out,
      `await serve(100);
      const filler = process.env.OUT + '/filler';
      try { fs.writeFileSync(filler, Buffer.alloc(16 << 20)); } catch {}
      for (let n = 0; n < 5; n += 1) await serve(1000);
      const { flushErrors } = profiler.getStats().storage;
      if (flushErrors === 0) throw new Error('the disk is not full');
      fs.rmSync(filler);
      await serve(1);`,
    );

    expect(status).toBe(0);
    expect(result).toMatchObject({ written: 5101, buffered: 0, dropped: 0, journaled: true });
    expect(await storedNumbers(out)).toEqual(upTo(5101));
    expect(readdirSync(out).filter((name) => name.includes('.corrupt-'))).toEqual([]);
  });

  test('drops the oldest records beyond the ring, counts them, and never kills the service', async () => {
    const out = smallDisk('8m');

    const { status, result } = runService(
      out,
      `try { fs.writeFileSync(process.env.OUT + '/filler', Buffer.alloc(16 << 20)); } catch {}
      await serve(10_000);
      fs.rmSync(process.env.OUT + '/filler');
      await serve(1);`,
    );

    expect(status).toBe(0);
    expect(result).toMatchObject({ written: 8192, dropped: 1809 });
    expect(await storedNumbers(out)).toEqual(upTo(10_001, 1810));
  });

  test('leaves no file without an element behind', async () => {
    const out = smallDisk('8m');

    runService(
      out,
      `try { fs.writeFileSync(process.env.OUT + '/filler', Buffer.alloc(16 << 20)); } catch {}
      await serve(10);
      fs.writeSync(1, '{}');
      process.reallyExit(0);`,
    );

    for (const name of readdirSync(out).filter((file) => file.endsWith('.json'))) {
      expect(JSON.parse(readFileSync(join(out, name), 'utf8'))).not.toEqual([]);
    }
  });
});

describe('a directory', () => {
  // Only the superuser can become another user, only another user is refused, and that one must be able to load heaptide.
  test.skipIf(!isReadableTo(NOBODY))('that may not be written is told once', () => {
    const out = temporaryDirectory();
    chmodSync(out, 0o755);
    const ours = join(out, 'profiles');
    mkdirSync(ours, { mode: 0o755 });

    const { status, stderr, result } = runService(ours, 'await serve(10); await serve(10);', {
      uid: NOBODY,
    });

    expect(status).toBe(0);
    expect(stderr.match(/ERR_HEAPTIDE_OUTPUT_DIR/g)).toHaveLength(1);
    expect(stderr).toContain('EACCES');
    expect(result).toMatchObject({ written: 0, buffered: 20, journaled: false });
  });

  test.skipIf(!isReadableTo(NOBODY))('that may be read only keeps what others left in it', () => {
    const out = temporaryDirectory();
    const abandoned = join(out, '.journal', 'abc.new');
    mkdirSync(join(out, '.journal'), { mode: 0o755 });
    writeFileSync(abandoned, '');
    utimesSync(abandoned, 0, 0);
    chmodSync(out, 0o755);

    const { status, stderr } = runService(
      out,
      "await serve(10); await require('node:timers/promises').setTimeout(500);",
      { uid: NOBODY },
    );

    expect(status).toBe(0);
    expect(stderr.match(/ERR_HEAPTIDE_OUTPUT_DIR/g)).toHaveLength(1);
    expect(existsSync(abandoned)).toBe(true);
  });

  test.skipIf(process.platform !== 'linux')(
    'that the system never makes, as in /proc, is told once',
    () => {
      const { status, stderr, result } = runService('/proc/heaptide', 'await serve(10);');

      expect(status).toBe(0);
      expect(stderr.match(/ERR_HEAPTIDE_OUTPUT_DIR/g)).toHaveLength(1);
      expect(stderr).toContain('ENOENT');
      expect(result).toMatchObject({ written: 0, buffered: 10, journaled: false });
    },
  );

  test('that is deleted is made anew, and what was not written yet goes there', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const { serve, profiler } = serviceOn(out);
    await serve(3);
    rmSync(out, { recursive: true });

    await serve(3);

    expect(await storedNumbers(out)).toEqual([4, 5, 6]);
    expect(await listProfileFiles(out)).toMatchObject([{ endpoint: 'orders' }]);
    expect(profiler.getStats().storage).toMatchObject({ written: 6, dropped: 0 });
  });

  test.each([
    ['emptied', 'for (const name of fs.readdirSync(OUT)) remove(name);'],
    [
      'emptied but for hidden files',
      "for (const name of fs.readdirSync(OUT)) if (!name.startsWith('.')) remove(name);",
    ],
    ['deleted', "remove('.');"],
  ])('that is %s during a run still says which function leaks', async (_how, removal) => {
    const out = join(temporaryDirectory(), 'profiles');

    const { status, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '-e', leakingWhile(removal)],
      {
        env: { ...process.env, OUT: out },
        encoding: 'utf8',
      },
    );
    const { verdict, endpoints, growingSites, runs } = await analyzeProfileDirectory(out);

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(verdict).toBe('leak');
    expect(endpoints.map(({ endpoint }) => endpoint).sort()).toEqual([
      'GET /health',
      'GET /orders/:id',
    ]);
    expect(growingSites[0]).toMatchObject({ function: 'remember' });
    expect(runs).toMatchObject([{ ended: 'clean', pid: expect.any(Number) }]);
  });

  test('that a symbolic link takes the place of is not written through it', async () => {
    const parent = temporaryDirectory();
    const [out, moved, elsewhere] = ['profiles', 'moved', 'elsewhere'].map((n) => join(parent, n));
    if (out === undefined || moved === undefined || elsewhere === undefined) return;
    mkdirSync(elsewhere);
    const { serve, profiler } = serviceOn(out);
    await serve(3);
    renameSync(out, moved);
    symlinkSync(elsewhere, out);

    await serve(3);

    expect(readdirSync(elsewhere)).toEqual([]);
    expect(profiler.getStats().storage).toMatchObject({ written: 3, buffered: 3 });

    rmSync(out);
    renameSync(moved, out);
    await serve(1);

    expect(await storedNumbers(out)).toEqual(upTo(7));
  });

  test('may be a symbolic link that the operator made', async () => {
    const parent = temporaryDirectory();
    const target = join(parent, 'target');
    mkdirSync(target);
    symlinkSync(target, join(parent, 'profiles'));

    await serviceOn(join(parent, 'profiles')).serve(3);

    expect(await storedNumbers(target)).toEqual([1, 2, 3]);
  });

  test('that two processes lose is shared again afterwards', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const [first, second] = [serviceOn(out), serviceOn(out)];
    await first.serve(3);
    await second.serve(3);
    rmSync(out, { recursive: true });

    await second.serve(3);
    await first.serve(3);
    await second.serve(3);

    const stored = await Promise.all(
      (await listProfileFiles(out)).map(({ path }) => loadProfileData(path)),
    );
    const runs = stored.map((profiles) => new Set(profiles.map(({ run }) => run)).size);
    expect(runs).toEqual([1, 1]);
    expect(stored.flat()).toHaveLength(9);
  });
});

describe('a file', () => {
  test.each([
    ['nonsense', (path: string) => writeFileSync(path, 'edited by hand\n')],
    ['another array', (path: string) => writeFileSync(path, '[1, 2, 3]')],
    ['nothing at all', (path: string) => truncateSync(path, 0)],
  ])('that becomes %s is set aside or begun anew', async (_what, damage) => {
    const out = join(temporaryDirectory(), 'profiles');
    const { serve } = serviceOn(out);
    await serve(3);
    const path = join(out, 'orders.json');
    damage(path);
    const damaged = readFileSync(path, 'utf8');

    await serve(3);

    expect(await storedNumbers(out)).toEqual([4, 5, 6]);
    const aside = readdirSync(out).filter((name) => name.includes('.corrupt-'));
    expect(aside.map((name) => readFileSync(join(out, name), 'utf8'))).toEqual(
      damaged === '' ? [] : [damaged],
    );
  });

  test('that is cut in the middle of a record keeps what is before the cut', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const { serve } = serviceOn(out);
    await serve(3);
    const path = join(out, 'orders.json');
    truncateSync(path, readFileSync(path, 'utf8').lastIndexOf('"latency_ms"'));

    await serve(3);

    expect(await storedNumbers(out)).toEqual([1, 2, 4, 5, 6]);
  });

  test('that a symbolic link takes the place of is begun anew, and its target not touched', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const target = join(temporaryDirectory(), 'precious');
    writeFileSync(target, 'precious');
    const { serve } = serviceOn(out);
    await serve(3);
    rmSync(join(out, 'orders.json'));
    symlinkSync(target, join(out, 'orders.json'));

    await serve(3);

    expect(readFileSync(target, 'utf8')).toBe('precious');
    expect(lstatSync(join(out, 'orders.json')).isFile()).toBe(true);
    expect(await storedNumbers(out)).toEqual([4, 5, 6]);
  });

  test.skipIf(!isReadableTo(NOBODY))('that may not be read is left out, and named', async () => {
    const out = temporaryDirectory();
    chmodSync(out, 0o755);
    await serviceOn(out).serve(3);
    writeFileSync(join(out, 'notes.json'), '[]', { mode: 0o600 });
    chmodSync(join(out, 'orders.json'), 0o644);
    const program = `require(${PACKAGE}).analyzeProfileDirectory(process.env.OUT)
      .then(({ endpoints, warnings }) => console.log(JSON.stringify({ endpoints, warnings })));`;

    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
      env: { ...process.env, OUT: out },
      encoding: 'utf8',
      uid: NOBODY,
      gid: NOBODY,
    });

    expect(stderr).toBe('');
    const { endpoints, warnings } = JSON.parse(stdout);
    expect(endpoints).toMatchObject([{ endpoint: 'orders', requestCount: 3 }]);
    for (const name of ['notes.json', '_timeline.json', '_endpoints.json']) {
      expect(warnings.join()).toContain(`permission denied, open '${join(out, name)}'`);
    }
  });

  test.skipIf(process.platform === 'win32')(
    'of which a pipe takes the place does not stop the service',
    () => {
      const out = temporaryDirectory();
      spawnSync('mkfifo', [join(out, '_endpoints.json'), join(out, 'orders.json')]);

      const { status, stderr, result } = runService(out, 'await serve(3);');

      expect([status, stderr]).toEqual([0, '']);
      expect(result).toMatchObject({ written: 3, flushErrors: 0 });
    },
  );
});

describe('a service', () => {
  test('without a free file descriptor keeps its records until there is one', async () => {
    const out = join(temporaryDirectory(), 'profiles');

    const { status, stderr, result } = runService(
      out,
      `await serve(10);
      const taken = [];
      try { for (;;) taken.push(fs.openSync('/dev/null')); } catch {}
      await serve(10);
      for (const fd of taken) fs.closeSync(fd);
      await serve(10);`,
      { shell: 'ulimit -n 256; exec "$@"' },
    );

    expect(status).toBe(0);
    expect(stderr).toContain('EMFILE');
    expect(result).toMatchObject({ written: 30, buffered: 0, dropped: 0 });
    expect(await storedNumbers(out)).toEqual(upTo(30));
  });

  test('whose clock is set back keeps its records, in their order', async () => {
    const out = join(temporaryDirectory(), 'profiles');

    const { status } = runService(
      out,
      `await serve(10);
      const now = Date.now;
      Date.now = () => now() - 3_600_000;
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await serve(10);
      await profiler.stop();`,
    );

    expect(status).toBe(0);
    expect(await storedNumbers(out)).toEqual(upTo(20));
    expect((await analyzeProfileDirectory(out)).runs).toMatchObject([{ requests: 20 }]);
  });

  test('whose journal is deleted goes on', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const { serve, profiler } = serviceOn(out);
    await serve(3);
    rmSync(join(out, '.journal'), { recursive: true });

    await serve(3);
    await profiler.stop();

    expect(existsSync(join(out, 'orders.json'))).toBe(true);
    expect(await storedNumbers(out)).toEqual(upTo(6));
  });
});
