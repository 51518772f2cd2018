import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nativeBinding } from './binding.js';

const file = join(__dirname, '..', '..', 'build', 'Release', 'abi_canary.addon');

function loadCanary(): { readonly check: () => Readonly<Record<string, boolean>> } {
  const loaded = { exports: { check: () => ({}) } };
  process.dlopen(loaded, file);
  return loaded.exports;
}

test('every structure of V8 has the size that the addon was compiled with', () => {
  const binding = nativeBinding();
  binding.startSampler({ intervalBytes: 1024, stackDepth: 16, selfPath: '/nowhere' });
  onTestFinished(() => binding.stopSampler());
  const kept = Array.from({ length: 10_000 }, (_, i) => [i]);

  const fits = loadCanary().check();

  expect(kept).toHaveLength(10_000);
  expect(fits).toEqual({
    HeapStatistics: true,
    HeapSpaceStatistics: true,
    HeapCodeStatistics: true,
    'AllocationProfile::Sample': true,
  });
});
