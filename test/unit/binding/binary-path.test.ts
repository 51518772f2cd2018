import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { path as search } from 'node-gyp-build';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pathOfBinary } from '../../../lib/binding/binary-path.js';

const { platform, arch, versions } = process;
const PREBUILDS = join('prebuilds', `${platform}-${arch}`);
const OURS = `heaptide.abi${versions.modules}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'heaptide-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function touch(...names: readonly string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), '');
  }
}

test.each<readonly [string, readonly string[]]>([
  ['a local build', ['build/Release/heaptide.node']],
  ['a debug build', ['build/Debug/heaptide.node']],
  [
    'prebuilds',
    ['heaptide.abi1.glibc.node', `${OURS}.glibc.node`, `${OURS}.musl.node`].map(inside),
  ],
  ['a prebuild without libc', [inside(`${OURS}.node`)]],
  ['a build beside prebuilds', ['build/Release/heaptide.node', inside(`${OURS}.glibc.node`)]],
  ['a debug build beside prebuilds', ['build/Debug/a.node', inside(`${OURS}.glibc.node`)]],
  ['a build of another name', ['build/Release/other.node', inside(`${OURS}.glibc.node`)]],
  ['an empty build folder', ['build/config.gypi', inside(`${OURS}.glibc.node`)]],
])('finds what node-gyp-build finds, given %s', (_, files) => {
  touch(...files);

  expect(pathOfBinary(root)).toBe(search(root));
});

test('gives a whole path for a relative root', () => {
  touch('build/Release/heaptide.node');

  const found = pathOfBinary(relative(process.cwd(), root));

  expect(isAbsolute(found)).toBe(true);
});

test('looks where an environment variable says', () => {
  touch('build/Release/heaptide.node', join('elsewhere', inside(`${OURS}.node`)));
  writeFileSync(join(root, 'package.json'), '{ "name": "heaptide" }');
  vi.stubEnv('HEAPTIDE_PREBUILD', join(root, 'elsewhere'));

  const found = pathOfBinary(root);

  expect(found).toBe(join(root, 'elsewhere', inside(`${OURS}.node`)));
});

test('throws where no binary fits', () => {
  touch(inside('heaptide.abi1.glibc.node'));

  expect(() => pathOfBinary(root)).toThrow('No native build was found');
});

function inside(name: string): string {
  return join(PREBUILDS, name);
}
