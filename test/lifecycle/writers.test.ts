import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { analyzeProfileDirectory } from '../../lib/diagnosis/analyze-directory.js';
import { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';
import { profileEndpoint } from '../../lib/profiler/profile-endpoint.js';
import { listProfileFiles, loadProfileData } from '../../lib/storage/load.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

const REQUESTS = 500;
const WRITER = join(__dirname, 'fixtures', 'writer.mjs');

interface Writers {
  readonly mode: 'cluster' | 'threads' | 'instances' | 'plain';
  readonly writers?: number;
  readonly ending?: string;
  readonly backend?: string;
}

async function write(
  out: string,
  { mode, writers = 1, ending = 'stop', backend = 'native' }: Writers,
): Promise<void> {
  const env = { ...process.env, OUT: out, MODE: mode, ENDING: ending, HEAPTIDE_BACKEND: backend };
  const child = spawn(process.execPath, [WRITER], {
    env: { ...env, WRITERS: String(writers), REQUESTS: String(REQUESTS) },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

/** Sequence numbers by run, over the files of all writers. */
async function storedRuns(out: string): Promise<Map<string, number[]>> {
  const runs = new Map<string, number[]>();
  for (const { path } of await listProfileFiles(out)) {
    expect(Array.isArray(JSON.parse(readFileSync(path, 'utf8')))).toBe(true);
    for (const { run, requestId } of await loadProfileData(path)) {
      const sequences = runs.get(run) ?? [];
      sequences.push(Number(requestId.split('-')[1]));
      runs.set(run, sequences);
    }
  }
  return runs;
}

const WHOLE_RUN = Array.from({ length: REQUESTS }, (_, n) => n + 1);

describe.each(['native', 'fallback'])('on the %s backend', (backend) => {
  test.each([
    ['four cluster workers', 'cluster', 'stop'],
    ['four cluster workers that just exit', 'cluster', 'exit'],
    ['four worker threads', 'threads', 'stop'],
    ['four worker threads that just end', 'threads', 'exit'],
    ['four profilers of one process', 'instances', 'stop'],
  ] as const)(
    '%s share a directory, and every record is there once',
    async (_who, mode, ending) => {
      const out = join(temporaryDirectory(), 'profiles');

      await write(out, { mode, writers: 4, ending, backend });

      const runs = await storedRuns(out);
      expect([...runs.values()]).toEqual([WHOLE_RUN, WHOLE_RUN, WHOLE_RUN, WHOLE_RUN]);
      expect(
        readdirSync(join(out, '.journal')).filter((name) => name.endsWith('.journal')),
      ).toEqual([]);
    },
  );

  test('processes that follow each other use the same files', async () => {
    const out = join(temporaryDirectory(), 'profiles');

    for (let n = 0; n < 3; n += 1) await write(out, { mode: 'plain', backend });

    expect((await storedRuns(out)).size).toBe(3);
    expect(readdirSync(out).filter((name) => name.includes('~'))).toEqual([]);
  });
});

test('processes with the addon and without it share a directory at the same time, and by turns', async () => {
  const out = join(temporaryDirectory(), 'profiles');

  for (let n = 0; n < 2; n += 1) {
    await Promise.all([
      write(out, { mode: 'threads', writers: 2, ending: 'exit' }),
      write(out, { mode: 'threads', writers: 2, ending: 'exit', backend: 'fallback' }),
      write(out, { mode: 'plain', backend: 'fallback' }),
      write(out, { mode: 'plain' }),
    ]);
  }

  const runs = await storedRuns(out);
  expect([...runs.values()]).toEqual(Array.from({ length: 12 }, () => WHOLE_RUN));
  expect(readdirSync(out).filter((name) => /^GET_orders_id/.test(name)).length).toBeLessThan(9);
});

test('two unrelated processes share a directory, and analysis keeps their heaps apart', async () => {
  const out = join(temporaryDirectory(), 'profiles');

  await Promise.all([write(out, { mode: 'plain' }), write(out, { mode: 'plain' })]);

  const runs = await storedRuns(out);
  expect([...runs.values()]).toEqual([WHOLE_RUN, WHOLE_RUN]);
  const analysis = await analyzeProfileDirectory(out);
  expect(analysis.runs.map(({ requests }) => requests)).toEqual([REQUESTS, REQUESTS]);
  expect(analysis.endpoints).toHaveLength(1);
  expect(new Set(analysis.runs.map(({ pid }) => pid)).size).toBe(2);
});

test('a run that ends while the next one begins loses nothing', async () => {
  const out = join(temporaryDirectory(), 'profiles');
  const profiler = new EndpointProfiler({ enabled: true, outputDir: out, bufferSize: 10 });
  onTestFinished(() => profiler.stop());
  const handle = profileEndpoint('GET /orders/:id', { profiler })(() => 'ok');

  for (let restart = 0; restart < 5; restart += 1) {
    for (let n = 0; n < 95; n += 1) handle();
    // Ends the run in the background and starts another one at once.
    profiler.configure({ samplingRate: 1 });
  }
  await profiler.stop();
  await expect.poll(() => readdirSync(join(out, '.journal'))).toEqual([]);

  const counts = [...(await storedRuns(out)).values()].map(({ length }) => length);
  expect(counts).toEqual([95, 95, 95, 95, 95]);
  expect(readdirSync(out).filter((name) => name.includes('~'))).toEqual([]);
});
