import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE } from '../core/package-root.js';
import type { PageAssets } from '../report/page/build-page.js';

/** Where `npm run build:ts` puts them. */
const FOLDER = join(PACKAGE.root, 'dist', 'page');

/** Reads the page's script and style. */
export async function readPageAssets(): Promise<PageAssets> {
  const [script, style] = await Promise.all(
    ['page.js', 'page.css'].map((name) => readFile(join(FOLDER, name), 'utf8')),
  );
  return { script: script ?? '', style: style ?? '' };
}
