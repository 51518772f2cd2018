import { existsSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ProfilerOptions } from '../../lib/core/options.js';
import { cleanup } from '../../lib/diagnosis/cleanup-directory.js';
import { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';
import { profileEndpoint } from '../../lib/profiler/profile-endpoint.js';
import { getProfileStats } from '../../lib/storage/profile-stats.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

const HOUR_MS = 3_600_000;

function running(outputDir: string, options: ProfilerOptions = {}): EndpointProfiler {
  const profiler = new EndpointProfiler({
    enabled: true,
    outputDir,
    probe: { enabled: false },
    ...options,
  });
  onTestFinished(() => profiler.stop());
  return profiler;
}

async function record(out: string, ...endpoints: string[]): Promise<void> {
  const profiler = running(out);
  for (const name of endpoints) profileEndpoint(name, { profiler })(() => 'ok')();
  await profiler.stop();
}

/** Makes a file look as if it had not been written for that long. */
function age(path: string, ms: number): void {
  const time = (Date.now() - ms) / 1000;
  utimesSync(path, time, time);
}

describe('cleanup', () => {
  test('deletes by age, and only files that heaptide made', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    await record(out, 'old', 'young');
    writeFileSync(join(out, 'notes.json'), '[]');
    writeFileSync(join(out, 'old.json.corrupt-1'), 'nonsense');
    symlinkSync(join(out, 'notes.json'), join(out, '_timeline~7.json'));
    writeFileSync(join(out, '_last_capture-k3f9ab.json'), '[]');
    const old = ['_last_capture-k3f9ab.json', 'old.json', 'old.json.corrupt-1'];
    for (const name of [...old, 'notes.json']) {
      age(join(out, name), 2 * HOUR_MS);
    }

    const { deleted, freedBytes } = await cleanup(out, { maxAgeMs: HOUR_MS });

    expect(deleted.toSorted()).toEqual(old.map((name) => join(out, name)));
    expect(freedBytes).toBeGreaterThan(0);
    expect(readdirSync(out)).toEqual(
      expect.arrayContaining(['young.json', 'notes.json', '_timeline.json', '_timeline~7.json']),
    );
  });

  test('deletes the files written longest ago until the rest is small enough', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    await record(out, 'a', 'b', 'c');
    age(join(out, 'b.json'), HOUR_MS);
    const { profileBytes, timelineBytes, files } = await getProfileStats(out);
    const oldest = files.find(({ path }) => path === join(out, 'b.json'));

    const result = await cleanup(out, {
      maxBytes: profileBytes + timelineBytes - (oldest?.bytes ?? 0),
    });

    expect(result.deleted).toEqual([join(out, 'b.json')]);
  });

  test('leaves the files of a running profiler alone', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    const profiler = running(out);
    profileEndpoint('busy', { profiler })(() => 'ok')();
    await profiler.buffer.flushAll();

    const { deleted } = await cleanup(out, { maxBytes: 0 });

    expect(deleted).toEqual([]);
    expect(existsSync(join(out, 'busy.json'))).toBe(true);
  });

  test('does nothing without a limit', async () => {
    const out = join(temporaryDirectory(), 'profiles');
    await record(out, 'a');

    expect((await cleanup(out)).deleted).toEqual([]);
  });

  test.each([
    ['maxAgeMs', -1, 'ERR_OUT_OF_RANGE'],
    ['maxAgeMs', Number.NaN, 'ERR_OUT_OF_RANGE'],
    ['maxBytes', 2 ** 53, 'ERR_OUT_OF_RANGE'],
    ['maxBytes', '1', 'ERR_INVALID_ARG_TYPE'],
    ['maxBytes', null, 'ERR_INVALID_ARG_TYPE'],
  ])('refuses %s: %s', async (name, value, code) => {
    const out = join(temporaryDirectory(), 'profiles');
    await record(out, 'a');

    await expect(cleanup(out, { [name]: value })).rejects.toMatchObject({ code });
  });
});

test('getProfileStats says what the files take, without reading them', async () => {
  const out = join(temporaryDirectory(), 'profiles');
  await record(out, 'GET /orders/:id', 'health');
  writeFileSync(join(out, 'health.json.corrupt-1'), 'nonsense');

  const stats = await getProfileStats(out);

  expect(stats.files.map(({ endpoint }) => endpoint)).toEqual(['GET /orders/:id', 'health']);
  expect(stats.profileBytes).toBe(stats.files.reduce((sum, { bytes }) => sum + bytes, 0));
  expect(stats.timelineBytes).toBeGreaterThan(0);
  expect(stats).toMatchObject({ setAsideCount: 1, setAsideBytes: 8 });
});
