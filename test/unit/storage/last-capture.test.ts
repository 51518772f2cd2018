import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pruneLastCaptures, readLastCaptures } from '../../../lib/storage/last-capture.js';
import { encodeCapturedRun, lastCapturePath } from '../../../lib/storage/last-capture-file.js';
import { sampleCapture } from '../../support/last-capture.js';
import { temporaryDirectory } from './temporary-directory.js';

const MB = 2 ** 20;

/** The file as the addon writes it. */
function writeCapture(directory: string, run: string, timestamp: number): string {
  const path = lastCapturePath(directory, run);
  const identity = encodeCapturedRun({ ...sampleCapture({ run }), started: 1_790_000_000_000.4 });
  const rest = JSON.stringify({
    timestamp,
    took_us: 800,
    heap: { used: 60 * MB, total: 0, limit: 0, external: 0, malloced: 0, rss: 0 },
    spaces: { old_space: 58 * MB },
    sampled_bytes: 50 * MB,
    self_bytes: 0,
    sites: [stack(30), stack(20)],
  }).slice(1);
  writeFileSync(path, `[\n{${identity},${rest}\n]\n`);
  return path;
}

function stack(mb: number) {
  return {
    live_bytes: mb * MB,
    live_count: mb,
    variance: MB ** 2,
    frames: [{ function: 'remember', file: '/srv/a.js', line: 1, column: 2 }],
  };
}

test('captures are read with the oldest first, and stacks summed by function', async () => {
  const directory = temporaryDirectory();
  writeCapture(directory, 'late', 2000);
  writeCapture(directory, 'early', 1000);

  const { entries, skipped } = await readLastCaptures(directory);

  expect(skipped).toBe(0);
  expect(entries.map(({ run }) => run)).toEqual(['early', 'late']);
  expect(entries[0]).toMatchObject({
    started: 1_790_000_000_000,
    process: sampleCapture().process,
    heap: { usedMb: 60, spaces: { old_space: 58 } },
    sites: [{ function: 'remember', liveMb: 50, liveCount: 50, liveSdMb: Math.SQRT2 }],
  });
});

test('a damaged capture is counted, and the others are read', async () => {
  const directory = temporaryDirectory();
  writeCapture(directory, 'whole', 1000);
  writeFileSync(lastCapturePath(directory, 'torn'), '[\n{"run":"torn","started":17');
  writeFileSync(lastCapturePath(directory, 'empty'), '');
  writeFileSync(lastCapturePath(directory, 'other'), '[{"run":"other"}]');

  const { entries, skipped } = await readLastCaptures(directory);

  expect(entries.map(({ run }) => run)).toEqual(['whole']);
  expect(skipped).toBe(2);
});

test('the latest twenty stay', async () => {
  const directory = temporaryDirectory();
  for (let n = 0; n < 25; n++) {
    const path = writeCapture(directory, `run${n}`, n);
    utimesSync(path, n, n);
  }
  writeFileSync(join(directory, 'order.json'), '[]');

  await pruneLastCaptures(directory);

  const left = readdirSync(directory);
  expect(left).toHaveLength(21);
  expect(left).toContain('order.json');
  expect(left).not.toContain('_last_capture-run4.json');
  expect(left).toContain('_last_capture-run5.json');
});
