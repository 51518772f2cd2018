import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HeapTideError } from '../../../lib/core/errors.js';
import type { Profile } from '../../../lib/core/profile.js';
import { Journal } from '../../../lib/storage/journal.js';
import { JOURNAL_SIZES } from '../../../lib/storage/journal-layout.js';
import {
  listProfileFiles,
  loadProfileData,
  readStacks,
  readTimeline,
} from '../../../lib/storage/load.js';
import { ProfileBuffer } from '../../../lib/storage/profile-buffer.js';
import { ProfileDirectory } from '../../../lib/storage/profile-directory.js';
import { SAMPLE_DETAIL, sampleEntry, sampleReading } from './samples.js';
import { temporaryDirectory } from './temporary-directory.js';

const NAMES = ['GET /orders/:id', 'GET /orders/id', 'health'];
const FRAME = { function: 'orders', file: '/app/orders.js', line: 3, column: 1 };

interface Setup {
  readonly path: string;
  readonly directory: ProfileDirectory;
  readonly buffer: ProfileBuffer;
  readonly errors: HeapTideError[];
}

function setUp(
  options: {
    path?: string;
    bufferSize?: number;
    flushIntervalMs?: number;
    records?: number;
    run?: string;
  } = {},
): Setup {
  const path = options.path ?? join(temporaryDirectory(), 'deep', 'profiles');
  const errors: HeapTideError[] = [];
  const directory = new ProfileDirectory({
    path,
    maxProfilesPerEndpoint: 1000,
    onError: (error) => errors.push(error),
  });
  const buffer = new ProfileBuffer({
    run: options.run ?? 'k3f9',
    directory,
    nameOf: (id) => NAMES[id] ?? `endpoint ${id}`,
    bufferSize: options.bufferSize ?? 100,
    flushIntervalMs: options.flushIntervalMs ?? 60_000,
    journal: Journal.inMemory(
      { run: options.run ?? 'k3f9', pid: 1, thread: 0, started: 0, writer: 1 },
      { ...JOURNAL_SIZES, records: options.records ?? 4096 },
    ),
  });
  onTestFinished(() => buffer.stop());
  return { path, directory, buffer, errors };
}

async function stored(path: string, endpoint: string): Promise<Profile[]> {
  const file = (await listProfileFiles(path)).find((candidate) => candidate.endpoint === endpoint);
  return file === undefined ? [] : loadProfileData(file.path);
}

function sequences(profiles: readonly Profile[]): string[] {
  return profiles.map(({ requestId }) => requestId);
}

describe('ProfileBuffer', () => {
  test('leaves no trace on disk before the first record', async () => {
    const { path, buffer } = setUp();
    buffer.registerEndpoint('GET /orders/:id', FRAME);

    await buffer.flushAll();
    buffer.flushAllSync();

    expect(existsSync(path)).toBe(false);
  });

  test('writes figures, captures and error messages under the endpoint that they belong to', async () => {
    const { path, buffer } = setUp();

    buffer.append(sampleReading({ endpoint: 0 }));
    buffer.append(sampleReading({ endpoint: 2, statusCode: 500 }), { errorMessage: 'no stock' });
    buffer.append(sampleReading({ endpoint: 0 }), { detail: SAMPLE_DETAIL });
    await buffer.flushAll();

    const orders = await stored(path, 'GET /orders/:id');
    expect(sequences(orders)).toEqual(['k3f9-1', 'k3f9-3']);
    expect(orders[0]).toMatchObject({
      memoryMb: 45.31,
      latencyMs: 1.23,
      gc: [123, 4],
      run: 'k3f9',
    });
    expect(orders[1]).toMatchObject({
      reason: 'periodic',
      topConsumers: SAMPLE_DETAIL.topConsumers,
    });
    expect(await stored(path, 'health')).toMatchObject([
      { statusCode: 500, errorMessage: 'no stock' },
    ]);
    expect(buffer.stats).toMatchObject({ written: 3, buffered: 0, dropped: 0, flushErrors: 0 });
  });

  test('creates a directory and files for the owner only', async () => {
    const { path, buffer } = setUp();

    buffer.append(sampleReading());
    await buffer.flushAll();

    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(path).filter((name) => name.endsWith('.json')))
      expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
  });

  test('counts the bytes that it writes', async () => {
    const { path, buffer } = setUp();

    buffer.append(sampleReading());
    await buffer.flushAll();

    const names = readdirSync(path).filter((name) => name.endsWith('.json'));
    const sizes = names.map((name) => statSync(join(path, name)).size);
    expect(buffer.stats.bytesWritten).toBe(sizes.reduce((sum, size) => sum + size));
  });

  test('writes an endpoint by itself when it has a full batch', async () => {
    const { path, buffer } = setUp({ bufferSize: 10 });

    for (let n = 0; n < 10; n += 1) buffer.append(sampleReading({ endpoint: 0 }));
    buffer.append(sampleReading({ endpoint: 2 }));

    await vi.waitFor(() => expect(buffer.sizeOf('GET /orders/:id')).toBe(0));
    expect(await stored(path, 'GET /orders/:id')).toHaveLength(10);
    expect(buffer.sizeOf('health')).toBe(1);
    expect(buffer.size).toBe(1);
  });

  test('writes everything when its memory is half full', async () => {
    const { buffer } = setUp({ bufferSize: 100, records: 20 });

    for (let n = 0; n < 10; n += 1) buffer.append(sampleReading({ endpoint: n }));

    await vi.waitFor(() => expect(buffer.stats.written).toBe(10));
    expect(buffer.stats.dropped).toBe(0);
  });

  test.each([
    ['figures', undefined],
    ['error messages', { errorMessage: 'no stock' }],
  ])(
    'loses no %s of an endpoint that fills the memory many times in a second',
    async (_what, extras) => {
      const { path, buffer } = setUp({ bufferSize: 10, records: 512 });

      for (let n = 0; n < 24; n += 1) {
        for (let i = 0; i < 50; i += 1) buffer.append(sampleReading(), extras);
        await vi.waitFor(() => expect(buffer.size).toBeLessThan(256), { timeout: 10_000 });
      }
      await buffer.flushAll();

      expect(buffer.stats).toMatchObject({ written: 1200, dropped: 0, droppedDetails: 0 });
      expect((await stored(path, 'GET /orders/:id')).at(-1)).toMatchObject({ ...extras });
    },
  );

  test('leaves the rest to its journal once it is stopped', async () => {
    const { buffer } = setUp({ bufferSize: 1 });
    buffer.append(sampleReading());
    await vi.waitFor(() => expect(buffer.stats.written).toBe(1));

    buffer.append(sampleReading());
    buffer.stop();
    await new Promise((resolve) => setTimeout(resolve, 1200));

    expect(buffer.stats).toMatchObject({ written: 1, buffered: 1 });
  });

  test('writes what waits when the interval is over, and not after it is stopped', async () => {
    const { buffer } = setUp({ flushIntervalMs: 100 });
    buffer.start();
    buffer.start();

    buffer.append(sampleReading());

    await vi.waitFor(() => expect(buffer.stats.written).toBe(1), { timeout: 10_000 });
    buffer.stop();
    buffer.append(sampleReading());
    expect(buffer.size).toBe(1);
  });

  test('writes one endpoint on request', async () => {
    const { path, buffer } = setUp();
    buffer.append(sampleReading({ endpoint: 0 }));
    buffer.append(sampleReading({ endpoint: 2 }));

    await buffer.flushEndpoint('health');

    expect(sequences(await stored(path, 'health'))).toEqual(['k3f9-2']);
    expect(buffer.size).toBe(1);
  });

  test('throws records away on request, of one endpoint and of all', async () => {
    const { path, buffer } = setUp();
    for (const endpoint of [0, 1, 2]) buffer.append(sampleReading({ endpoint }));

    buffer.clearAll('health');
    const left = buffer.size;
    buffer.clearAll();
    await buffer.flushAll();

    expect(left).toBe(2);
    expect(buffer.stats).toMatchObject({ written: 0, buffered: 0, dropped: 0 });
    expect(existsSync(path)).toBe(false);
  });

  test('keeps the newest captures when too many wait', async () => {
    const { path, buffer } = setUp({ bufferSize: 4096, records: 4096 });
    for (let n = 0; n < 600; n += 1) buffer.append(sampleReading(), { errorMessage: `error ${n}` });

    await buffer.flushAll();

    const profiles = await stored(path, 'GET /orders/:id');
    expect(profiles).toHaveLength(600);
    expect(profiles[0]?.errorMessage).toBeUndefined();
    expect(profiles.at(-1)?.errorMessage).toBe('error 599');
    expect(buffer.stats.droppedDetails).toBe(88);
  });

  test('writes timeline and stacks without being asked', async () => {
    const { path, buffer } = setUp();
    const stack = { run: 'k3f9', stack: 7, frames: [FRAME] };

    buffer.appendStack(stack);
    buffer.appendTimeline(sampleEntry());

    await vi.waitFor(async () =>
      expect((await readTimeline(path)).entries).toEqual([sampleEntry()]),
    );
    expect((await readStacks(path)).entries).toEqual([stack]);
  });

  test('keeps order and loses nothing when flushes of every kind overlap', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          append: fc.integer({ min: 1, max: 30 }),
          endpoint: fc.integer({ min: 0, max: 2 }),
        }),
      },
      fc.constantFrom(
        'flushAll' as const,
        'flushAllSync' as const,
        'flushEndpoint' as const,
        'turn' as const,
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { path, buffer } = setUp({ bufferSize: 20 });
        const model = new Map<string, string[]>(NAMES.map((name) => [name, []]));
        const flushes: Promise<void>[] = [];
        let sequence = 0;
        for (const action of steps) {
          if (action === 'flushAll') flushes.push(buffer.flushAll());
          else if (action === 'flushAllSync') buffer.flushAllSync();
          else if (action === 'flushEndpoint') flushes.push(buffer.flushEndpoint('health'));
          else if (action === 'turn') await new Promise(setImmediate);
          else {
            for (let n = 0; n < action.append; n += 1) {
              sequence += 1;
              buffer.append(sampleReading({ endpoint: action.endpoint }));
              model.get(NAMES[action.endpoint] ?? '')?.push(`k3f9-${sequence}`);
            }
          }
        }
        await Promise.all(flushes);
        await buffer.flushAll();

        if (sequence === 0) return;
        for (const [name, expected] of model) {
          expect(sequences(await stored(path, name))).toEqual(expected);
        }
        expect(buffer.stats).toMatchObject({ written: sequence, buffered: 0, dropped: 0 });
      }),
      { numRuns: 30 },
    );
  });
});

describe('the files of endpoints', () => {
  test('differ where the sanitized names do not, over restarts too', async () => {
    const { path, buffer, directory } = setUp();
    buffer.append(sampleReading({ endpoint: 0 }));
    buffer.append(sampleReading({ endpoint: 1 }));
    await buffer.flushAll();
    directory.release('k3f9');

    const restarted = setUp({ path, run: 'm2x7' }).buffer;
    restarted.append(sampleReading({ endpoint: 1 }));
    restarted.append(sampleReading({ endpoint: 0 }));
    await restarted.flushAll();

    expect(sequences(await stored(path, 'GET /orders/:id'))).toEqual(['k3f9-1', 'm2x7-2']);
    expect(sequences(await stored(path, 'GET /orders/id'))).toEqual(['k3f9-2', 'm2x7-1']);
  });

  test('stay in the directory when the index was tampered with', async () => {
    const path = temporaryDirectory();
    const entry = { endpoint: 'health', file: '../escaped.json' };
    writeFileSync(join(path, '_endpoints.json'), `[\n${JSON.stringify(entry)}\n]\n`);
    const { buffer } = setUp({ path });

    buffer.append(sampleReading({ endpoint: 2 }));
    await buffer.flushAll();

    expect(existsSync(join(path, '..', 'escaped.json'))).toBe(false);
    expect(sequences(await stored(path, 'health'))).toEqual(['k3f9-1']);
  });

  test('are listed with the function that serves the endpoint, as the latest run has it', async () => {
    const { path, buffer, directory } = setUp();
    buffer.registerEndpoint('health', FRAME);
    buffer.append(sampleReading({ endpoint: 2 }));
    await buffer.flushAll();
    directory.release('k3f9');

    const restarted = setUp({ path, run: 'm2x7' }).buffer;
    restarted.registerEndpoint('health', { ...FRAME, line: 9 });
    restarted.append(sampleReading({ endpoint: 2 }));
    restarted.flushAllSync();

    expect(await listProfileFiles(path)).toEqual([
      { path: join(path, 'health.json'), endpoint: 'health', handler: { ...FRAME, line: 9 } },
    ]);
  });
});

describe('a directory that cannot be written', () => {
  test('keeps the records, counts and reports once, and goes on when it can be written again', async () => {
    const path = join(temporaryDirectory(), 'profiles');
    writeFileSync(path, 'a file in its place');
    const { buffer, errors } = setUp({ path, records: 8 });
    for (let n = 0; n < 10; n += 1) buffer.append(sampleReading());

    await buffer.flushAll();
    await buffer.flushAll();
    buffer.flushAllSync();
    const failing = buffer.stats;
    rmSync(path);
    await buffer.flushAll();

    expect(failing).toMatchObject({ written: 0, buffered: 8, dropped: 2 });
    expect(failing.flushErrors).toBeGreaterThanOrEqual(3);
    expect(errors.map(({ code }) => code)).toEqual(['ERR_HEAPTIDE_OUTPUT_DIR']);
    expect(sequences(await stored(path, 'GET /orders/:id'))).toEqual(
      Array.from({ length: 8 }, (_, n) => `k3f9-${n + 3}`),
    );
    expect(readFileSync(join(path, 'GET_orders_id.json'), 'utf8')).toMatch(/^\[\n\{.*\}\n\]\n$/s);
  });

  test('does not hold up the endpoints whose files can be written', async () => {
    const path = temporaryDirectory();
    // A directory in place of a file is set aside, but this one's name leaves no room for the new name.
    const file = `${'x'.repeat(250)}.json`;
    mkdirSync(join(path, file));
    const entry = { endpoint: 'GET /orders/:id', file };
    writeFileSync(join(path, '_endpoints.json'), `[\n${JSON.stringify(entry)}\n]\n`);
    const { buffer, errors } = setUp({ path, bufferSize: 2 });

    buffer.append(sampleReading({ endpoint: 0 }));
    buffer.append(sampleReading({ endpoint: 0 }));
    await vi.waitFor(() => expect(buffer.stats.flushErrors).toBe(1));
    buffer.append(sampleReading({ endpoint: 2 }));
    buffer.append(sampleReading({ endpoint: 2 }));

    await vi.waitFor(() => expect(buffer.stats).toMatchObject({ written: 2, buffered: 2 }));
    expect(errors).toMatchObject([{ cause: { code: 'ENAMETOOLONG' } }]);
  });

  test('tries again by itself', async () => {
    const path = join(temporaryDirectory(), 'profiles');
    writeFileSync(path, 'a file in its place');
    const { buffer } = setUp({ path, bufferSize: 1 });
    buffer.append(sampleReading());
    await vi.waitFor(() => expect(buffer.stats.flushErrors).toBeGreaterThan(0));

    rmSync(path);

    await vi.waitFor(() => expect(buffer.stats.written).toBe(1), { timeout: 10_000 });
  });

  test('is created anew, with its index, when it was removed', async () => {
    const { path, buffer } = setUp();
    buffer.append(sampleReading({ endpoint: 1 }));
    await buffer.flushAll();
    rmSync(path, { recursive: true });

    buffer.append(sampleReading({ endpoint: 1 }));
    await buffer.flushAll();

    expect(sequences(await stored(path, 'GET /orders/id'))).toEqual(['k3f9-2']);
    expect(buffer.stats.flushErrors).toBe(0);
  });

  test('drops the oldest timeline entries beyond its bound', async () => {
    const path = join(temporaryDirectory(), 'profiles');
    writeFileSync(path, 'a file in its place');
    const { buffer } = setUp({ path });

    for (let n = 0; n < 700; n += 1) buffer.appendTimeline(sampleEntry({ timestamp: n }));
    rmSync(path);
    await buffer.flushAll();

    const { entries } = await readTimeline(path);
    expect(entries).toHaveLength(600);
    expect(entries[0]?.timestamp).toBe(100);
    expect(buffer.stats.droppedEntries).toBe(100);
  });
});
