import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(__dirname, '..', '..');

function filesIncluding(header: RegExp): string[] {
  return sources(join(root, 'native'))
    .filter((file) => header.test(readFileSync(file, 'utf8')))
    .map((file) => relative(root, file));
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(cc|h)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

test('V8 is included in native/engine only', () => {
  const files = filesIncluding(/#include <v8[^>]*>/);

  expect(files).not.toEqual([]);
  expect(files.filter((file) => !file.startsWith('native/engine/'))).toEqual([]);
});

test('Node-API is included in native/binding and the export table only', () => {
  const files = filesIncluding(/#include <(napi|node_api|js_native_api)[^>]*>/);

  expect(files).not.toEqual([]);
  const elsewhere = files.filter(
    (file) => !file.startsWith('native/binding/') && file !== 'native/addon.cc',
  );
  expect(elsewhere).toEqual([]);
});

test('native/core includes the standard library and itself only', () => {
  const includes = sources(join(root, 'native', 'core')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/#include (\S+)/g)].map((match) => match[1]),
  );

  expect(includes).not.toEqual([]);
  expect(includes.filter((name) => !/^(<[a-z_]+>|"[a-z_]+\.h")$/.test(name ?? ''))).toEqual([]);
});
