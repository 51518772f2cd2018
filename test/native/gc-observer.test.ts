import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HEAP, type HeapField } from '../../lib/binding/contract.js';
import { BACKENDS, bindingOf, collectGarbage, turnsOfTheLoop } from './binding.js';
import { readFixture, runFixture } from './run-fixture.js';

interface GcCounts {
  readonly minor: number;
  readonly major: number;
  readonly incremental: number;
  readonly weak: number;
  readonly pauseMs: number;
}

interface GcReport {
  readonly counts: GcCounts;
  readonly seen: GcCounts;
  readonly countsAfterStop: number;
  readonly freedIsMonotone: boolean;
  readonly freedBytes: number;
}

describe.each(BACKENDS)('%s', (backend) => {
  const binding = bindingOf(backend);
  const slot = (field: HeapField) => binding.heap[HEAP[field]] ?? Number.NaN;

  describe('over many GCs of every kind', async () => {
    const report = await readFixture<GcReport>('gc-counts.mjs', {
      execArgv: ['--expose-gc'],
      backend,
    });

    test('every GC that Node.js sees is counted under its kind', () => {
      const { pauseMs: _, ...seen } = report.seen;

      expect(report.counts).toMatchObject(seen);
      expect(seen.minor).toBeGreaterThan(0);
      expect(seen.major).toBeGreaterThan(4);
      expect(seen.incremental).toBeGreaterThan(0);
    });

    test('the pause is the one that Node.js measures', () => {
      const { counts, seen } = report;
      const gcs = counts.minor + counts.major + counts.incremental + counts.weak;

      // Node.js counts weak callbacks inside a major GC twice and measures from its own callback, which runs before or
      // after ours; 0.2 ms per GC covers the space readings on a loaded machine.
      expect(Math.abs(counts.pauseMs - seen.pauseMs)).toBeLessThan(0.2 * gcs + 0.1 * seen.pauseMs);
    });

    test('freed bytes never go down and cover what was thrown away', () => {
      // 40 rounds of 20,000 objects with a list each, of which 5,000 are kept: 76 bytes or more apiece.
      expect(report.freedIsMonotone).toBe(true);
      expect(report.freedBytes).toBeGreaterThan(30 * 20_000 * 76);
    });

    test('a stopped observer counts no more', () => {
      expect(report.countsAfterStop).toBe(report.counts.major);
    });
  });

  test('the counts are those of --trace-gc', async () => {
    const { stdout } = await runFixture('trace-gc.cjs', { backend });

    const [trace = '', counted] = stdout.split('counted');
    const lines = trace.split('\n').filter((line) => / ms: /.test(line));
    const major = lines.filter((line) => line.includes('Mark-Compact'));
    const minor = lines.filter((line) => /Scavenge|Minor/.test(line));
    expect(counted).toMatch(new RegExp(`^ ${minor.length} ${major.length}\n`));
    expect(minor.length).toBeGreaterThan(3);
  });

  describe('at a major GC', () => {
    beforeEach(async () => {
      binding.startGcObserver();
      await settle();
    });
    afterEach(() => binding.stopGcObserver());

    const settle = async () => {
      collectGarbage();
      await turnsOfTheLoop();
    };

    test('the floor is used heap at its end', async () => {
      // Read at once: what the runner allocates between the hook and the test can be hundreds of KB.
      collectGarbage();
      binding.read();
      const used = slot('used');
      await turnsOfTheLoop();

      expect(used).toBeGreaterThanOrEqual(slot('floor'));
      expect(used - slot('floor')).toBeLessThan(256 * 1024);
    });

    test('the floor carries time, code, external, malloced and committed memory and RSS', () => {
      binding.read();

      expect(slot('floorTime')).toBeLessThanOrEqual(slot('time'));
      expect(slot('floorTime')).toBeGreaterThan(slot('time') - 60_000);
      expect(slot('floorCode')).toBeGreaterThan(0);
      expect(slot('floorCode')).toBeLessThan(slot('floor'));
      expect(slot('floorExternal')).toBeGreaterThan(0);
      expect(slot('floorMalloced')).toBeGreaterThan(0);
      expect(slot('floorTotal')).toBeGreaterThanOrEqual(slot('floor'));
      expect(slot('floorRss')).toBeGreaterThan(slot('floorTotal') / 2);
    });

    test('kept memory raises the floor, and dropped memory lowers it', async () => {
      const before = slot('floor');
      const kept = new Map<number, number[]>();
      for (let i = 0; i < 10_000; i++) kept.set(i, new Array(50).fill(i));
      await settle();
      const whileKept = slot('floor');
      kept.clear();
      await settle();

      expect(whileKept - before).toBeGreaterThan(10_000 * 50 * 8);
      expect(slot('floor')).toBeLessThan(whileKept - 10_000 * 50 * 8);
    });

    test('starting twice counts each GC once', async () => {
      binding.startGcObserver();
      const before = slot('majorCount');

      await settle();

      expect(slot('majorCount') - before).toBe(1);
    });
  });

  test('used heap plus freed bytes tells what was allocated, across GCs', async () => {
    binding.startGcObserver();
    collectGarbage();
    await turnsOfTheLoop();
    binding.read();
    const before = slot('used') + slot('freed');
    const minorBefore = slot('minorCount');

    let last: number[] = [];
    for (let i = 0; i < 100_000; i++) last = new Array(100).fill(i);
    binding.stopGcObserver();
    binding.read();

    const allocated = slot('used') + slot('freed') - before;
    const expected = 100_000 * (last.length * 8 + 16 + 32);
    // V8 gives up the rests of allocation buffers at a GC.
    expect(slot('minorCount')).toBeGreaterThan(minorBefore);
    expect(allocated / expected).toBeGreaterThan(0.98);
    expect(allocated / expected).toBeLessThan(1.05);
  });
});

test('moving the memory of the heap array to another owner breaks no GC', async () => {
  const result = await readFixture<{ reached: string }>('transferred-array.cjs', {
    execArgv: ['--expose-gc'],
  });

  expect(result).toEqual({ reached: 'end' });
});
