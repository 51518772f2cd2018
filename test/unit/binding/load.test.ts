import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HEAP_FIELDS, SITE_COLUMNS } from '../../../lib/binding/contract.js';
import { loadFrom } from '../../../lib/binding/load.js';
import { isNativeAddon } from '../../../lib/binding/native-addon.js';
import { isHeapTideError } from '../../../lib/core/errors.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heaptide-'));
});
afterEach(() => rmSync(root, { recursive: true }));

test('a package without a build gives an error that lists what was tried', () => {
  const { error, binding } = loadFrom(root);

  expect(binding).toBeUndefined();
  expect(isHeapTideError(error)).toBe(true);
  expect(error?.code).toBe('ERR_HEAPTIDE_BINDING_NOT_FOUND');
  expect(error?.message).toContain(join(root, 'build'));
  expect(error?.message).toContain(join(root, 'prebuilds', `${process.platform}-${process.arch}`));
  expect(error?.message).toContain(`ABI ${process.versions.modules}`);
  expect(error?.message).toContain('npx heaptide build');
  expect(error?.cause).toBeInstanceOf(Error);
});

test('a damaged build gives an error with the reason', () => {
  mkdirSync(join(root, 'build', 'Release'), { recursive: true });
  writeFileSync(join(root, 'build', 'Release', 'heaptide.node'), 'not a library');

  const { error } = loadFrom(root);

  expect(error?.code).toBe('ERR_HEAPTIDE_BINDING_NOT_FOUND');
  expect(error?.message).toContain('heaptide.node');
  expect(error?.message).not.toContain('\n');
});

test.each([undefined, null, 1, 'addon', {}, () => undefined, { heap: [] }])(
  '%o is not an addon',
  (value) => {
    expect(isNativeAddon(value)).toBe(false);
  },
);

test('exports that lack a method are not an addon', () => {
  const exported = {
    heap: new Float64Array(HEAP_FIELDS.length),
    heapFields: [...HEAP_FIELDS],
    siteColumns: [...SITE_COLUMNS],
    read: () => undefined,
  };

  expect(isNativeAddon(exported)).toBe(false);
});
