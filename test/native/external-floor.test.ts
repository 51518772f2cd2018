import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HEAP, type HeapField } from '../../lib/binding/contract.js';
import { BACKENDS, bindingOf, collectGarbage, turnsOfTheLoop } from './binding.js';

const MB = 1024 * 1024;

describe.each(BACKENDS)('%s: external memory since a major GC', (backend) => {
  const binding = bindingOf(backend);
  const slot = (field: HeapField) => binding.heap[HEAP[field]] ?? Number.NaN;

  /** The fallback hears of a GC some turns of the loop later. */
  const settle = async () => {
    const before = slot('majorCount');
    collectGarbage();
    while (slot('majorCount') === before) await turnsOfTheLoop();
  };

  const allocateAndRead = async () => {
    await setTimeout(5);
    Buffer.allocUnsafeSlow(1);
    binding.read();
  };

  beforeEach(async () => {
    binding.startGcObserver();
    await settle();
  });
  afterEach(() => binding.stopGcObserver());

  test('the least is known, and begins anew with each GC', async () => {
    const atEnd = slot('floorExternal');
    const kept = Buffer.allocUnsafeSlow(8 * MB);
    binding.read();
    const whileKept = slot('externalLow');
    await settle();

    expect(whileKept).toBeGreaterThan(0);
    expect(whileKept).toBeLessThanOrEqual(atEnd);
    expect(slot('external')).toBeGreaterThan(kept.length);
    expect(slot('externalLow')).toBeGreaterThan(kept.length);
  });

  test('dead buffers that are freed after the GC lower the least', async () => {
    for (let i = 0; i < 200; i++) Buffer.allocUnsafeSlow(MB / 4);
    const before = slot('majorCount');
    binding.requestMajorGc();
    while (slot('majorCount') === before) await allocateAndRead();
    // V8 frees them on another thread, and takes them off the count at the next allocation of a buffer.
    for (let round = 0; round < 100 && slot('externalLow') > 25 * MB; round++) {
      await allocateAndRead();
    }

    expect(slot('externalLow')).toBeLessThan(25 * MB);
    expect(slot('externalLow')).toBeLessThanOrEqual(slot('floorExternal'));
  });
});
