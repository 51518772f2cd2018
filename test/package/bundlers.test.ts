// The recipes of docs/bundlers.md, on a service that uses the packed package.
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import json from '@rollup/plugin-json';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { type BuildOptions, build } from 'esbuild';
import { rollup } from 'rollup';
import { beforeAll, describe, expect, test } from 'vitest';
import webpack from 'webpack';
import { Project, packPackage } from './installed-package.js';

/** Prints the backend, and whether the function that allocates is named. */
const SERVICE = `
  import { EndpointProfiler, loadProfileData, profileEndpoint } from 'heaptide';
  const kept = [];
  function keep() {
    for (let i = 0; i < 2000; i++) kept.push(new Array(100).fill(i));
  }
  const profiler = EndpointProfiler.getInstance({
    enabled: true,
    outputDir: 'out/profiles',
    sites: { sampleIntervalBytes: 4096, refreshMs: 0 },
  });
  profileEndpoint('work')(function serve() { keep(); })();
  profiler.stop()
    .then(() => loadProfileData('out/profiles/work.json'))
    .then(([{ topConsumers = [] }]) => {
      const isNamed = topConsumers.some((site) => site.function.endsWith('keep'));
      console.log(profiler.getStats().backend, isNamed);
      process.exit();
    });`;

const OURS = /^heaptide(\/|$)/;

type Mode = 'external' | 'bundled';

const withEsbuild = (folder: string, mode: Mode): BuildOptions => ({
  absWorkingDir: folder,
  entryPoints: ['service.mjs'],
  outfile: 'out/service.js',
  bundle: true,
  platform: 'node',
  external: mode === 'external' ? ['heaptide'] : [],
  logLevel: 'error',
});

/** Each bundles `service.mjs` into `out/service.js`. */
const bundlers: Readonly<Record<string, (folder: string, mode: Mode) => Promise<unknown>>> = {
  esbuild: (folder, mode) => build(withEsbuild(folder, mode)),
  'esbuild, to an ES module': (folder, mode) =>
    build({
      ...withEsbuild(folder, mode),
      format: 'esm',
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
      },
    }),
  webpack: (folder, mode) =>
    new Promise((resolve, reject) => {
      const configuration: webpack.Configuration = {
        context: folder,
        mode: 'production',
        target: 'node20',
        entry: './service.mjs',
        output: { path: join(folder, 'out'), filename: 'service.js' },
        node: { __dirname: false },
        optimization: { minimize: false },
        externalsType: 'commonjs',
        externals: mode === 'external' ? [OURS] : [],
      };
      webpack(configuration, (error, stats) => {
        if (error === null && stats?.hasErrors() === false) resolve(undefined);
        else reject(error ?? new Error(stats?.toString('errors-only')));
      });
    }),
  rollup: async (folder, mode) => {
    const bundle = await rollup({
      input: join(folder, 'service.mjs'),
      external: mode === 'external' ? OURS : [],
      plugins: [
        nodeResolve({ exportConditions: ['node'] }),
        commonjs({ ignoreDynamicRequires: true }),
        json(),
      ],
      onwarn: () => {},
    });
    await bundle.write({
      file: join(folder, 'out', 'service.js'),
      format: 'cjs',
      inlineDynamicImports: true,
    });
  },
};

let project: Project;

beforeAll(async () => {
  project = await Project.make(await packPackage(), process.execPath);
  await project.write('service.mjs', SERVICE);
});

describe.each(Object.keys(bundlers))('%s', (name) => {
  const bundle = async (mode: Mode) => {
    await rm(join(project.folder, 'out'), { recursive: true, force: true });
    await bundlers[name]?.(project.folder, mode);
    const type = name.endsWith('ES module') ? 'module' : 'commonjs';
    await project.write('out/package.json', JSON.stringify({ type }));
  };

  test('leaves heaptide out of the bundle, which loads the binary', async () => {
    await bundle('external');

    expect(await project.node(join('out', 'service.js'))).toBe('native true\n');
  });

  test('puts heaptide into the bundle, which loads the binary that is copied beside it', async () => {
    await bundle('bundled');
    const prebuilds = join(project.folder, 'node_modules', 'heaptide', 'prebuilds');
    await cp(prebuilds, join(project.folder, 'out', 'prebuilds'), { recursive: true });

    expect(await project.node(join('out', 'service.js'))).toBe('native true\n');
  });

  test('puts heaptide into the bundle, which works without a binary and says so', async () => {
    await bundle('bundled');

    const output = await project.node(join('out', 'service.js'));

    expect(output).toContain('fallback true\n');
    expect(output.match(/HeapTideWarning/g)).toHaveLength(1);
  });
});
