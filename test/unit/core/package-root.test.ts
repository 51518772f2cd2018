import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locatePackage } from '../../../lib/core/package-root.js';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'heaptide-root-'));
});

afterEach(() => rm(root, { recursive: true }));

async function manifest(folder: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), text);
  return folder;
}

test.each(['dist', 'dist/chunks', 'lib/core'])('finds the package from %s', async (folder) => {
  await manifest(root, '{ "name": "heaptide" }');

  const { root: found, ownScripts } = locatePackage(join(root, folder));

  expect(found).toBe(root);
  expect(ownScripts).toBe(join(root, folder.split('/')[0] ?? ''));
});

test('takes the folder of a bundle for the package, and no script for its own', async () => {
  await manifest(root, '{ "name": "service" }');
  const folder = join(root, 'out');

  const { root: found, ownScripts } = locatePackage(folder);

  expect(found).toBe(folder);
  expect(ownScripts).toBe(join(folder, 'node_modules', 'heaptide'));
});

test('does not look beyond the manifest of an application that lives inside the package', async () => {
  await manifest(root, '{ "name": "heaptide" }');
  const folder = await manifest(join(root, 'examples', 'service'), '{ "private": true }');

  expect(locatePackage(folder).root).toBe(folder);
});

test('passes over a manifest that cannot be parsed', async () => {
  await manifest(root, '{ "name": "heaptide" }');
  const folder = await manifest(join(root, 'dist'), '{');

  expect(locatePackage(folder).root).toBe(root);
});
