import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readFixture } from './run-fixture.js';

interface Report {
  /** After each block of requests and a full GC. Bytes; code is not in `heap`. */
  readonly held: readonly { readonly heap: number; readonly rss: number }[];
  readonly requestsFinished: number;
  readonly readCount: number;
  readonly internalErrors: number;
}

/** HEAPTIDE_TEST_REQUESTS=1000000 tries harder. */
const REQUESTS = Number(process.env['HEAPTIDE_TEST_REQUESTS'] ?? 100_000);
const BLOCKS = 20;

// Over the later half of all requests. V8 goes on collecting type feedback for a while; the smallest object that could
// stay behind each of 50,000 requests would take 800 KB.
const MOST_HEAP_GROWTH = 512 * 1024;

// The allocator goes on claiming memory for a while, too.
const MOST_RSS_GROWTH = 8 * 2 ** 20;

// V8 enlarges its young generation while a process is young, on Node.js 26 by 50 MB and at any time.
const YOUNG_GENERATION = ['--min-semi-space-size=4', '--max-semi-space-size=4'];

/** Least-squares growth from the first value to the last. */
function growth(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  let covariance = 0;
  let variance = 0;
  values.forEach((value, at) => {
    covariance += (at - middle) * value;
    variance += (at - middle) ** 2;
  });
  return (covariance / variance) * (values.length - 1);
}

test('requests and readings of sites leave nothing behind', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));

  const report = await readFixture<Report>('same-work.mjs', {
    execArgv: ['--expose-gc', ...YOUNG_GENERATION],
    args: [String(BLOCKS), String(REQUESTS / BLOCKS), directory],
  });

  expect(report.requestsFinished).toBe(REQUESTS);
  expect(report.readCount).toBeGreaterThanOrEqual(REQUESTS / 100);
  expect(report.internalErrors).toBe(0);
  const later = report.held.slice(BLOCKS / 2);
  expect(growth(later.map(({ heap }) => heap))).toBeLessThan(MOST_HEAP_GROWTH);
  expect(growth(later.map(({ rss }) => rss))).toBeLessThan(MOST_RSS_GROWTH);
}, 600_000);
