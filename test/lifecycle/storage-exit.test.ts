import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadProfileData } from '../../lib/storage/load.js';
import { encodeProfile } from '../../lib/storage/profile-encoding.js';
import { sampleProfile } from '../unit/storage/samples.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

const STORAGE = join(__dirname, '..', '..', 'dist', 'storage');

// A process that buffers records, flushes on exit, and ends in the way of the test. It runs the built package.
const PROGRAM = `
const { ProfileBuffer } = require(${JSON.stringify(join(STORAGE, 'profile-buffer.js'))});
const { ProfileDirectory } = require(${JSON.stringify(join(STORAGE, 'profile-directory.js'))});
const { Journal } = require(${JSON.stringify(join(STORAGE, 'journal.js'))});
const { emptyReading } = require(${JSON.stringify(join(STORAGE, 'record-layout.js'))});
const directory = new ProfileDirectory({
  path: process.env.OUT, maxProfilesPerEndpoint: 1000, onError: (error) => console.log(error.code),
});
const buffer = new ProfileBuffer({
  run: 'k3f9', directory, nameOf: () => 'orders', bufferSize: 100, flushIntervalMs: 60_000,
  journal: Journal.inMemory({ run: 'k3f9', pid: process.pid, thread: 0, started: Date.now(), writer: 1 }),
});
buffer.start();
const reading = { ...emptyReading(), statusCode: 200 };
const append = (count) => { for (let n = 0; n < count; n += 1) buffer.append(reading); };
process.on('exit', () => buffer.flushAllSync());
`;

function run(ending: string, out: string): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(process.execPath, ['-e', PROGRAM + ending], {
    env: { ...process.env, OUT: out },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout };
}

async function storedIds(out: string): Promise<string[]> {
  const profiles = await loadProfileData(join(out, 'orders.json'));
  return profiles.map(({ requestId }) => requestId);
}

function idsUpTo(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `k3f9-${n + 1}`);
}

describe('a process that buffers records', () => {
  test.each([
    ['ends by itself', 'append(7);', 0],
    ['calls process.exit()', 'append(7); process.exit(3);', 3],
    ['throws', "append(7); throw new Error('end');", 1],
    ['exits while a flush is planned', 'append(207); process.exit(0);', 0],
    ['exits while a flush is under way', 'append(207); setImmediate(() => process.exit(0));', 0],
    ['exits a moment later', 'append(207); setTimeout(() => process.exit(0), 3);', 0],
  ])('keeps every record, once, when it %s', async (_how, ending, code) => {
    const out = join(temporaryDirectory(), 'profiles');

    const { status } = run(ending, out);

    expect(status).toBe(code);
    const count = ending.includes('207') ? 207 : 7;
    expect(await storedIds(out)).toEqual(idsUpTo(count));
  });

  test('is not kept alive by its timers', () => {
    const out = join(temporaryDirectory(), 'profiles');

    expect(run('', out).status).toBe(0);
  });

  test('keeps its records when it is a worker that is told to exit', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const worker = JSON.stringify(`${PROGRAM} append(7); process.exit(0);`);

    const { status } = run(
      `new (require('node:worker_threads').Worker)(${worker}, { eval: true });`,
      out,
    );

    expect(status).toBe(0);
    expect(await storedIds(out)).toEqual(idsUpTo(7));
  });

  test('leaves a file that parses, or is repaired by the next run, when it is killed at any moment', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const endless = 'setInterval(() => append(500), 1); console.log("ready");';
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, ['-e', PROGRAM + endless], {
        env: { ...process.env, OUT: out },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, 20 + round * 13));
      child.kill('SIGKILL');
      await once(child, 'exit');

      run('append(1);', out);

      const stored: unknown = JSON.parse(readFileSync(join(out, 'orders.json'), 'utf8'));
      expect(stored).toContainEqual(expect.objectContaining({ request_id: 'k3f9-1' }));
    }
  });
});

describe('a full disk', () => {
  // A small file system in memory: needs the right to mount.
  const mount = (path: string) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]).status === 0;
  const unmount = (path: string) => spawnSync('umount', [path]);
  const canMount = () => {
    const probe = mkdtempSync(join(tmpdir(), 'heaptide-storage-'));
    const isMounted = mount(probe);
    if (isMounted) unmount(probe);
    rmSync(probe, { recursive: true });
    return isMounted;
  };

  test.skipIf(!canMount())('makes records wait and leaves the file whole', async () => {
    const out = temporaryDirectory();
    mount(out);
    try {
      const { status, stdout } = run(
        `(async () => {
          for (let n = 0; n < 10; n += 1) { append(100); await buffer.flushAll(); }
          console.log(JSON.stringify(buffer.stats));
        })();`,
        out,
      );

      const [code, figures = '{}'] = stdout.trim().split('\n');
      const stats: { written: number; buffered: number; flushErrors: number } = JSON.parse(figures);
      expect(status).toBe(0);
      expect(code).toBe('ERR_HEAPTIDE_OUTPUT_DIR');
      expect(stats.flushErrors).toBeGreaterThan(0);
      expect(stats.written + stats.buffered).toBe(1000);
      const stored: unknown = JSON.parse(readFileSync(join(out, 'orders.json'), 'utf8'));
      expect(stored).toHaveLength(stats.written);
    } finally {
      unmount(out);
    }
  });
});

describe('a file of a million profiles', () => {
  test('is read in bounded memory', () => {
    const path = join(temporaryDirectory(), 'orders.json');
    const thousand = Array.from({ length: 1000 }, (_, n) =>
      encodeProfile(sampleProfile({ requestId: `k3f9-${n}` })),
    ).join(',\n');
    writeFileSync(path, `[\n${thousand}`);
    for (let n = 1; n < 1000; n += 1) appendFileSync(path, `,\n${thousand}`);
    appendFileSync(path, '\n]\n');
    const reader = `
      const { readProfiles } = require(${JSON.stringify(join(STORAGE, 'load.js'))});
      readProfiles(process.env.OUT, () => {}).then(({ read }) => {
        console.log(JSON.stringify({ read, rssMb: process.resourceUsage().maxRSS / 1024 }));
      });`;

    const { stdout } = spawnSync(process.execPath, ['-e', reader], {
      env: { ...process.env, OUT: path },
      encoding: 'utf8',
    });

    // 150 MB is the budget of a whole analysis; Node.js itself takes 45 MB of it.
    const { read, rssMb }: { read: number; rssMb: number } = JSON.parse(stdout);
    expect(read).toBe(1_000_000);
    expect(rssMb).toBeLessThan(150);
  });
});
