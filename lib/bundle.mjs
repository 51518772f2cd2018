// Part of npm run build:ts: puts the modules behind the public entries together, in place of what tsc wrote for the
// entries. A module that Node.js loads from a file of its own costs 0.2 ms and 80 KB, whatever is in it
// (npm run bench startup), and heaptide has more than a hundred.
//
// All entries share the same few chunks, so what they share, the profiler above all, exists once. The other scripts of
// dist are for tests, and are not published.
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { transform } from 'esbuild';
import { rollup } from 'rollup';

const LIB = import.meta.dirname;
const DIST = join(LIB, '..', 'dist');
const CHUNKS = 'chunks';

/** Loaded by `require` from the chunk that holds `on-demand.ts`, and therefore put beside it. */
const ON_DEMAND = { [`${CHUNKS}/entry`]: join(LIB, 'diagnosis', 'entry.ts') };

/** What a service needs from the start; the first folder that a path is in decides. */
const LAYERS = {
  profiler: [
    'core',
    'binding',
    'capture',
    'storage',
    'profiler',
    'diagnosis/on-demand.ts',
    'diagnosis/cleanup-directory.ts',
    'diagnosis/recover-directory.ts',
  ],
  integrations: ['integrations/tracking', 'integrations/zero-code'],
  analysis: ['analysis', 'diagnosis', 'sources'],
  report: ['report', 'publish'],
};

/** Parts of Node.js that a program without heaptide may never load: 3 MB in all. */
const COSTLY_BUILTINS =
  /^(crypto|fs\/promises|module|perf_hooks|string_decoder|v8|vm|worker_threads)$/;

const typescript = {
  name: 'typescript',
  resolveId: (path, importer) =>
    path.startsWith('.') && importer !== undefined
      ? join(importer, '..', path.replace(/\.js$/, '.ts'))
      : null,
  transform: async (source) => {
    const { code } = await transform(source, {
      loader: 'ts',
      target: 'node20',
      minifyWhitespace: true,
    });
    return { code, map: null };
  },
};

/** Lines and indentation, so that stack traces can be read. Without them there are no comments either. */
const layOut = {
  name: 'lay-out',
  renderChunk: async (source) => ({ code: (await transform(source)).code, map: null }),
};

/** Loads a costly part of Node.js where it is used first, instead of where it is imported. */
const builtinsOnDemand = {
  name: 'builtins-on-demand',
  renderChunk(code) {
    const imports = [...code.matchAll(/^var ([\w$]+) = require\('node:([\w/]+)'\);$/gm)];
    const costly = imports.filter(([, , module]) => COSTLY_BUILTINS.test(module));
    return costly.reduce(
      (text, [statement, name, module]) =>
        text
          .replace(statement, `const ${name} = () => require('node:${module}');`)
          .replaceAll(
            new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?=\\.\\w)`, 'g'),
            `(${name}())`,
          ),
      code,
    );
  },
};

const bundle = await rollup({
  input: { ...(await publicEntries()), ...ON_DEMAND },
  external: (path) => !path.startsWith('.') && !path.startsWith(LIB),
  plugins: [typescript, builtinsOnDemand, layOut],
  onwarn: (warning) => {
    throw new Error(warning.message);
  },
});
const { output } = await bundle.write({
  dir: DIST,
  format: 'cjs',
  exports: 'named',
  interop: 'auto',
  externalLiveBindings: false,
  chunkFileNames: `${CHUNKS}/[name].js`,
  manualChunks: layerOf,
  hoistTransitiveImports: false,
});
await bundle.close();

const current = new Set(output.map(({ fileName }) => fileName));
for (const name of await readdir(join(DIST, CHUNKS))) {
  const file = `${CHUNKS}/${name}`;
  if (!current.has(file)) await rm(join(DIST, file));
}

/** Scripts that the manifest names, by name without extension. */
async function publicEntries() {
  const manifest = JSON.parse(await readFile(join(LIB, '..', 'package.json'), 'utf8'));
  const named = JSON.stringify([manifest.exports, manifest.bin]);
  const names = named.match(/(?<=\.\/dist\/)[^"]+(?=\.js")/g);
  return Object.fromEntries(names.map((name) => [name, join(LIB, `${name}.ts`)]));
}

function layerOf(path) {
  const module = relative(LIB, path).split(sep).join('/');
  const within = (place) => module === place || module.startsWith(`${place}/`);
  return Object.keys(LAYERS).find((layer) => LAYERS[layer].some(within));
}
