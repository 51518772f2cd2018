import { expect, test } from 'vitest';
import { readFixture } from './run-fixture.js';

interface Report {
  readonly held: readonly { readonly descriptors: number; readonly rss: number }[];
  readonly owners: readonly string[];
  readonly readsStill: boolean;
}

/** HEAPTIDE_TEST_ROUNDS=50 tries harder. */
const ROUNDS = Number(process.env['HEAPTIDE_TEST_ROUNDS'] ?? 6);
const WORKERS = 20;

/** Rounds in which the allocator settles. */
const WARM_UP = 3;

// A worker's heap and sampler take about 5 MB: of all that are gone, at most a few may be held.
const MOST_RSS_GROWTH = 60 * 2 ** 20;

test.runIf(process.platform === 'linux')(
  'workers that are terminated while they sample leave nothing behind',
  async () => {
    const args = [String(ROUNDS), String(WORKERS)];

    const { held, owners, readsStill } = await readFixture<Report>('many-workers.mjs', { args });

    expect(held).toHaveLength(ROUNDS);
    // Each has a sampler of its own.
    expect(owners).toEqual(['heaptide']);
    expect(readsStill).toBe(true);
    const settled = held.slice(WARM_UP);
    expect(new Set(settled.map(({ descriptors }) => descriptors)).size).toBe(1);
    const [first, last] = [settled[0]?.rss ?? 0, settled.at(-1)?.rss ?? 0];
    expect(last - first).toBeLessThan(MOST_RSS_GROWTH);
  },
  600_000,
);
