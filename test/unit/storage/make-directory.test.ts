import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory } from '../../../lib/storage/make-directory.js';
import { temporaryDirectory } from './temporary-directory.js';

test('makes a directory with its missing parents, for their owner only', () => {
  const parent = join(temporaryDirectory(), 'a', 'b');

  makeDirectory(join(parent, 'c'));

  for (const path of [parent, join(parent, 'c')]) {
    expect(statSync(path).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o700);
  }
});

test('leaves a directory that is there already, and a link to one', () => {
  const path = temporaryDirectory();
  mkdirSync(join(path, 'target'));
  symlinkSync(join(path, 'target'), join(path, 'link'), 'dir');

  for (const there of [path, join(path, 'link'), '.', '/']) makeDirectory(there);

  makeDirectory(join(path, 'link', 'profiles'));

  expect(statSync(join(path, 'target', 'profiles')).isDirectory()).toBe(true);
});

test.skipIf(process.platform === 'win32').each([
  ['a file on the way', 'file/profiles', 'ENOTDIR'],
  ['a link that leads nowhere', 'link', 'EEXIST'],
  ['a link on the way that leads nowhere', 'link/profiles', 'EEXIST'],
])('passes on what the system says of %s', (_what, name, code) => {
  const path = temporaryDirectory();
  writeFileSync(join(path, 'file'), '');
  symlinkSync(join(path, 'nothing'), join(path, 'link'));

  expect(() => makeDirectory(join(path, name))).toThrow(expect.objectContaining({ code }));
});

test.skipIf(process.platform !== 'linux')(
  'fails where the system makes no directories, as in /proc',
  () => {
    for (const path of ['/proc/heaptide', '/proc/heaptide/profiles']) {
      expect(() => makeDirectory(path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    }
  },
);
