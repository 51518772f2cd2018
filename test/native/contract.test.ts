import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HEAP_FIELDS, SITE_COLUMNS } from '../../lib/binding/contract.js';
import { isNativeAddon } from '../../lib/binding/native-addon.js';
import { BACKENDS, bindingOf } from './binding.js';

const require = createRequire(__filename);
const addonPath = join(__dirname, 'fixtures', 'addon.cjs');

test('the addon has the fields of the contract, in the same order', () => {
  const addon = require(addonPath);

  expect(addon.heapFields).toEqual([...HEAP_FIELDS]);
  expect(addon.siteColumns).toEqual([...SITE_COLUMNS]);
});

test('an addon with another field list is not accepted', () => {
  const addon = require(addonPath);

  const stale = { ...addon, heapFields: [...addon.heapFields].reverse() };

  expect(isNativeAddon(addon)).toBe(true);
  expect(isNativeAddon(stale)).toBe(false);
});

test.each(BACKENDS)('the binding says that it is the %s one', (backend) => {
  expect(bindingOf(backend).backend).toBe(backend);
});

test('a second load gives the same functions', () => {
  const first = require(addonPath);
  delete require.cache[addonPath];

  const second = require(addonPath);

  expect(second.read).toBe(first.read);
  expect(second.heap).toBe(first.heap);
});

test('a second instance in one environment reads on its own and borrows the sampler of the first', () => {
  const options = { intervalBytes: 131_072, stackDepth: 16, selfPrefixes: [] };
  const first = require(addonPath);
  for (const path of Object.keys(require.cache)) {
    if (path === addonPath || path.endsWith('.node')) delete require.cache[path];
  }
  const second = require(addonPath);

  const owners = [first.startSampler(options), second.startSampler(options)];
  second.stopSampler();
  const readings = first.readSites(1);
  first.stopSampler();

  expect(second.read).not.toBe(first.read);
  expect(owners).toEqual(['heaptide', 'foreign']);
  expect(readings).not.toBeNull();
});
