// Last step of npm run build:ts: bundles the page's script and style, libraries included, so that a report loads nothing.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'dist', 'page');

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: { page: 'lib/page/main.ts' },
  outdir: OUT,
  bundle: true,
  minify: true,
  // d3-flame-graph recognizes its nodes by the name of their class.
  keepNames: true,
  // Nothing in the script may end the element that holds it.
  supported: { 'inline-script': false },
  target: ['chrome111', 'firefox113', 'safari16.4'],
  format: 'iife',
  legalComments: 'none',
  metafile: true,
  write: false,
});

await mkdir(OUT, { recursive: true });
for (const { path, contents } of outputFiles) await writeFile(path, contents);
await writeFile(join(OUT, 'LICENSES.txt'), await licenses(Object.keys(metafile.inputs)));

/** The licenses of the packages that are in the bundle. */
async function licenses(inputs) {
  const packages = inputs.map((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]);
  const names = [...new Set(packages)].filter((name) => name !== undefined).sort();
  const texts = names.map(async (name) => {
    const license = await readFile(join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8');
    return `${name}\n\n${license.trim()}\n`;
  });
  return (await Promise.all(texts)).join('\n---\n\n');
}
