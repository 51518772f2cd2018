// Part of npm run build:ts: puts the modules behind the public entries together, in place of what tsc wrote for the
// entries. A module that Node.js loads from a file of its own costs 0.2 ms and 80 KB, whatever is in it
// (npm run bench startup), and heaptide has more than a hundred.
//
// All entries share the same few chunks, so what they share, the profiler above all, exists once. The other scripts of
// dist are for tests, and are not published.
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { transform } from 'esbuild';
import { rollup } from 'rollup';

const LIB = import.meta.dirname;
const DIST = join(LIB, '..', 'dist');
const CHUNKS = 'chunks';

/** Loaded by `require` from the chunk that holds `on-demand.ts`, and therefore put beside it. */
const ON_DEMAND = { [`${CHUNKS}/entry`]: join(LIB, 'diagnosis', 'entry.ts') };

/** The parts of `storage` that touch the files of profiles: needed when something is written, recovered or read. */
const FILES = [
  'array-compaction',
  'array-extent',
  'array-file',
  'array-layout',
  'array-limits',
  'chunks',
  'cleanup',
  'element-scanner',
  'elements',
  'endpoint-index',
  'exceptions',
  'holder',
  'journal-claim',
  'journal-contents',
  'journal-mirror',
  'journal-reading',
  'json-fields',
  'last-capture',
  'left-out',
  'lines',
  'load',
  'own-files',
  'parse-json',
  'profile-decoding',
  'profile-stats',
  'recorded-profile',
  'recovery',
  'regular-file',
  'run-endings',
  'stored-records',
  'text-log-reading',
  'timeline-decoding',
  'writer-files',
  'written-journal',
];

/** What a run does once a second, and at floors: a service that has just started does not wait for it. */
const UPKEEP = [
  'binding/forced-gc',
  'capture/probe-meter',
  'capture/probe-pace',
  'capture/sample-pace',
  'capture/top-consumers',
  'profiler/code-size',
  'profiler/floor-probe',
  'profiler/floor-prober',
  'profiler/live-verdict',
];

/** The chunks, and what is in them; the first folder or file that a path is in decides. */
const LAYERS = {
  'js-fallback': ['binding/fallback'],
  'file-access': FILES.map((name) => `storage/${name}.ts`),
  upkeep: UPKEEP.map((name) => `${name}.ts`),
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

/** Chunks that are not loaded before something in them is called: between import and first profile nothing is. */
const CHUNKS_ON_DEMAND = ['js-fallback', 'file-access', 'upkeep'];

/** Parts of Node.js that a program without heaptide may never load: 3 MB in all. */
const COSTLY_BUILTINS =
  /^(crypto|fs\/promises|module|os|perf_hooks|string_decoder|v8|vm|worker_threads)$/;

/** Packages that are needed in unusual installations only. */
const UNUSUAL_PACKAGES = ['node-gyp-build'];

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

/** Loads a costly part of Node.js, and a chunk on demand, where it is used first, instead of where it is imported. */
const onDemand = {
  name: 'on-demand',
  renderChunk(code) {
    const imports = [...code.matchAll(/^var ([\w$]+) = require\('([\w:./-]+)'\);$/gm)];
    const costly = imports.filter(([, , module]) => isOnDemand(module));
    return costly.reduce(
      (text, [statement, name, module]) =>
        text
          .replace(statement, `const ${name} = () => require('${module}');`)
          .replaceAll(
            new RegExp(`(?<![\\w$#/]|(?<!\\.\\.)\\.)${name.replaceAll('$', '\\$')}(?=\\.\\w)`, 'g'),
            `(${name}())`,
          ),
      code,
    );
  },
};

const bundle = await rollup({
  input: { ...(await publicEntries()), ...ON_DEMAND },
  external: (path) => !path.startsWith('.') && !path.startsWith(LIB),
  plugins: [typescript, onDemand, layOut],
  onwarn: (warning) => {
    // Harmless where the cycle passes through a chunk on demand: the others are complete when it is loaded.
    const chunks = warning.code === 'CIRCULAR_CHUNK' ? warning.ids : [];
    if (chunks.some((name) => CHUNKS_ON_DEMAND.includes(name))) return;
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

function isOnDemand(module) {
  const [scheme, builtin = ''] = module.split(':');
  if (scheme === 'node') return COSTLY_BUILTINS.test(builtin);
  return UNUSUAL_PACKAGES.includes(module) || CHUNKS_ON_DEMAND.includes(basename(module, '.js'));
}

function layerOf(path) {
  const module = relative(LIB, path).split(sep).join('/');
  const within = (place) => module === place || module.startsWith(`${place}/`);
  return Object.keys(LAYERS).find((layer) => LAYERS[layer].some(within));
}
