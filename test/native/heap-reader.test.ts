import { beforeEach, describe, expect, test } from 'vitest';
import { HEAP, type HeapField } from '../../lib/binding/contract.js';
import { BACKENDS, bindingOf, collectGarbage, nativeBinding } from './binding.js';

describe.each(BACKENDS)('%s', (backend) => {
  const binding = bindingOf(backend);

  function reading(field: HeapField): number {
    binding.read();
    return binding.heap[HEAP[field]] ?? Number.NaN;
  }

  // A GC between two readings moves them; right after one, the next is far away, and the observer has refreshed the spaces
  // that hardly move. Tests that compare readings collect themselves: the runner can allocate hundreds of KB between this
  // hook and the test.
  beforeEach(() => {
    binding.startGcObserver();
    // The first reading compiles functions.
    binding.read();
  });

  test('tells the wall clock from its own', () => {
    const before = Date.now();
    const now = reading('time') + binding.clockOffset();
    const after = Date.now();

    // `Date.now()` is cut off to whole ms, and the two clocks are not read at the very same moment.
    expect(now).toBeGreaterThan(before - 1);
    expect(now).toBeLessThan(after + 2);
  });

  test('used heap is what Node.js says', () => {
    collectGarbage();
    const heapUsed = process.memoryUsage().heapUsed;
    const used = reading('used');

    // Little is allocated between the two readings, or has been in code space since the GC: a compilation that ends
    // meanwhile is the most. A space left out would be more.
    expect(Math.abs(used - heapUsed)).toBeLessThan(256 * 1024);
  });

  test('used heap moves by the size of what is allocated', () => {
    // Also because an array that no longer fits in a page of the young generation goes to the next, and the rest counts as
    // used: up to 60 KB.
    collectGarbage();
    reading('used');
    const before = reading('used');
    const kept = new Array(10_000).fill(0);
    const after = reading('used');

    // 8 bytes an element on 64-bit, and a header; feedback for the code above is below 4 KiB.
    expect(after - before).toBeGreaterThanOrEqual(8 * kept.length);
    expect(after - before).toBeLessThan(8 * kept.length + 4096);
  });

  test('a Buffer moves external memory by exactly its size', () => {
    collectGarbage();
    // Ends the sweeping of ArrayBuffers that the GC began on another thread.
    const first = Buffer.alloc(1_000_000);
    const before = reading('external');
    const kept = Buffer.alloc(1_000_000);
    const after = reading('external');

    expect(after - before).toBe(kept.length);
    expect(kept).toEqual(first);
  });

  test('RSS is close to what Node.js says', () => {
    const rss = reading('rss');

    expect(rss / process.memoryUsage.rss()).toBeGreaterThan(0.5);
    expect(rss / process.memoryUsage.rss()).toBeLessThan(2);
  });

  test('time is on the clock of process.hrtime()', () => {
    const before = Number(process.hrtime.bigint()) / 1e6;
    const time = reading('time');
    const after = Number(process.hrtime.bigint()) / 1e6;

    expect(time).toBeGreaterThanOrEqual(before - 0.001);
    expect(time).toBeLessThanOrEqual(after + 0.001);
  });

  test('heap statistics add up', () => {
    collectGarbage();
    // The first call compiles functions.
    binding.heapStatistics();
    const { used, total, limit, external, malloced, rss, spaces } = binding.heapStatistics();

    expect(Object.keys(spaces)).toEqual(expect.arrayContaining(['new_space', 'old_space']));
    const sum = Object.values(spaces).reduce((left, right) => left + right, 0);
    // The spaces are read after the total, and the results are allocated meanwhile: by the fallback in JavaScript.
    expect(Math.abs(sum - used)).toBeLessThan(256 * 1024);
    expect(total).toBeGreaterThanOrEqual(used);
    expect(limit).toBeGreaterThan(total);
    expect(external).toBeGreaterThan(0);
    expect(malloced).toBeGreaterThan(0);
    expect(rss).toBeGreaterThan(total / 2);
  });

  test('code size is a part of used heap', () => {
    const code = binding.codeSize();

    expect(code).toBeGreaterThan(0);
    expect(code).toBeLessThan(reading('used'));
  });
});

test('the addon reads without allocating', () => {
  const { heap, read } = nativeBinding();
  const used = () => heap[HEAP.used] ?? Number.NaN;
  const readOften = () => {
    for (let i = 0; i < 100_000; i++) read();
    return used();
  };
  // Optimizing the loop allocates.
  readOften();
  collectGarbage();

  const before = readOften();
  const after = readOften();

  // One byte per reading would be 100,000.
  expect(after - before).toBeLessThan(50_000);
});
