// The reference documentation is complete: every error code, option and export has its place.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../lib/core/errors.js';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Texts of the headings of a Markdown file, code marks removed. */
function headings(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
    (text ?? '').replaceAll('`', ''),
  );
}

function markdownFiles(): string[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name));
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...inDocs];
}

test('gives every error code a heading', () => {
  expect(headings('docs/errors.md')).toEqual(expect.arrayContaining([...ERROR_CODES]));
});

test('gives every export a heading', () => {
  const documented = headings('docs/api.md').map((text) => text.replace(/[(<].*/, '').trim());

  expect(documented).toEqual(expect.arrayContaining(Object.keys(require('heaptide'))));
});

test('keeps README and ARCHITECTURE within 150 lines', () => {
  for (const path of ['README.md', 'ARCHITECTURE.md']) {
    expect(read(path).split('\n').length).toBeLessThanOrEqual(151);
  }
});

test.each(markdownFiles())('has no dead link to a file in %s', (path) => {
  const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
    ([, link]) => link ?? '',
  );
  const folder = path.includes('/') ? path.replace(/\/[^/]*$/, '') : '.';

  const dead = links.filter((link) => {
    try {
      read(join(folder, link));
      return false;
    } catch (error) {
      return !(error instanceof Error && 'code' in error && error.code === 'EISDIR');
    }
  });

  expect(dead).toEqual([]);
});
