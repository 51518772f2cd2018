// The packed package in an empty project, with nothing on the PATH but Node.js: what `npm install heaptide` gives.
// HEAPTIDE_TEST_ALL_NODES=1 tests all Node.js majors, each with its own prebuilt binary, and runs the demo on each.
import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  nodesToTest,
  Project,
  packRelease,
  temporaryFolder,
  testsAllNodes,
} from './installed-package.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const MAX_UNPACKED_BYTES = 2 * 1024 * 1024;

const nodes = await nodesToTest();
let tarball = '';

beforeAll(async () => {
  tarball = await packRelease();
}, 900_000);

describe('the tarball', () => {
  test('holds what was reviewed, and nothing else', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball]);

    const files = stdout.trim().split('\n');
    const reviewed = [
      /^package\/(package\.json|README\.md|LICENSE|binding\.gyp)$/,
      /^package\/dist\/.*\.d\.m?ts$/,
      /^package\/dist\/(index\.m?js|register\.js|cli\/main\.js|page\/[\w-]+\.(js|css|txt))$/,
      /^package\/dist\/(chunks|integrations)\/[\w-]+\.js$/,
      /^package\/native\/(\w+\/)?\w+\.(cc|h|map)$/,
      /^package\/prebuilds\/\w+-\w+\/heaptide\.abi\d+(\.(glibc|musl))?\.node$/,
    ];
    expect(files.filter((file) => !reviewed.some((pattern) => pattern.test(file)))).toEqual([]);
    for (const pattern of reviewed) expect(files.some((file) => pattern.test(file))).toBe(true);
  });

  test('takes at most 2 MB with a binary for each of the four Node.js majors', async () => {
    const project = await Project.make(tarball, process.execPath);
    const installed = join(project.folder, 'node_modules', 'heaptide');

    const sizes = await Promise.all(
      (await readdir(installed, { recursive: true })).map(async (name) => {
        const entry = await stat(join(installed, name));
        return { name, bytes: entry.isFile() ? entry.size : 0 };
      }),
    );

    const sum = (files: typeof sizes) => files.reduce((total, { bytes }) => total + bytes, 0);
    const binaries = sizes.filter(({ name }) => name.endsWith('.node'));
    const mean = sum(binaries) / binaries.length;
    expect(sum(sizes) - sum(binaries) + 4 * mean).toBeLessThan(MAX_UNPACKED_BYTES);
  });

  test('loads only what its manifest declares', async () => {
    const folder = await temporaryFolder();
    await run('tar', ['-xzf', tarball, '-C', folder]);
    const installed = join(folder, 'package');
    const { dependencies, peerDependencies } = JSON.parse(
      await readFile(join(installed, 'package.json'), 'utf8'),
    );

    const scripts = (await readdir(join(installed, 'dist'), { recursive: true })).filter(
      (name) => name.endsWith('.js') && !name.startsWith('page'),
    );
    const sources = await Promise.all(
      scripts.map((name) => readFile(join(installed, 'dist', name), 'utf8')),
    );
    const loaded = sources.flatMap((source) =>
      [...source.matchAll(/\b(?:require|import)\(["']((?:@[\w-]+\/)?[\w-]+)/g)].map(
        ([, name]) => name ?? '',
      ),
    );

    const declared = new Set(['node', ...Object.keys({ ...dependencies, ...peerDependencies })]);
    expect(loaded.length).toBeGreaterThan(5);
    expect(loaded.filter((name) => !declared.has(name))).toEqual([]);
  });

  test('is what publint and attw expect of a package', async () => {
    const bin = (name: string) => join(root, 'node_modules', '.bin', name);

    const publint = run(bin('publint'), ['--strict', tarball]);
    const attw = run(bin('attw'), [tarball, '--profile', 'node16']);

    await expect(publint).resolves.toMatchObject({ stdout: expect.stringContaining('All good') });
    // It exits with 1 when it finds a problem.
    await expect(attw).resolves.toHaveProperty('stderr', '');
  });
});

describe.each(nodes)('installed on Node.js $version without a compiler', ({ path: node }) => {
  let project: Project;

  beforeAll(async () => {
    project = await Project.make(tarball, node);
  });

  test('gives the same objects to import and to require, from every entry', async () => {
    await project.write(
      'same.mjs',
      `import { createRequire } from 'node:module';
       const require = createRequire(import.meta.url);
       const entries = Object.keys(require('heaptide/package.json').exports)
         .map((name) => 'heaptide' + name.slice(1));
       for (const entry of entries.filter((name) => !/register|package|nest/.test(name))) {
         const [imported, required] = [await import(entry), require(entry)];
         const names = Object.keys(required);
         const same = names.length > 0 && names.every((name) => imported[name] === required[name]);
         console.log(entry, same);
       }`,
    );

    const lines = (await project.node('same.mjs')).trim().split('\n');

    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => !line.endsWith(' true'))).toEqual([]);
  });

  test('profiles with the native backend, from CommonJS and from an ES module, and says nothing', async () => {
    await project.write('service.cjs', serviceUsing("const heaptide = require('heaptide');"));
    await project.write('service.mjs', serviceUsing("import * as heaptide from 'heaptide';"));

    const outputs = await Promise.all(['service.cjs', 'service.mjs'].map((s) => project.node(s)));

    expect(outputs).toEqual(['native 1\n', 'native 1\n']);
  });

  test('loads few files and none of the costly parts of Node.js when it is imported', async () => {
    await project.write(
      'imported.cjs',
      `const before = new Set(process.moduleLoadList);
       require('heaptide');
       console.log(Object.keys(require.cache).length);
       console.log(process.moduleLoadList.filter((name) => !before.has(name)).join());`,
    );

    const [files, builtins = ''] = (await project.node('imported.cjs')).split('\n');

    expect(Number(files)).toBeLessThan(10);
    expect(builtins).not.toMatch(/worker_threads|fs\/promises|crypto|perf_hooks|NativeModule v8/);
  });

  test.each(['tc39', 'legacy'])('decorates methods in the %s dialect', async (dialect) => {
    const compiled = await compileDecorators(project, dialect);
    await project.write(
      `${dialect}.cjs`,
      `const { EndpointProfiler } = require('heaptide');
       const { Service } = require(${JSON.stringify(compiled)});
       const profiler = EndpointProfiler.getInstance({ enabled: true });
       const greeting = new Service('shop').greet('Ada', 'Lovelace');
       console.log(greeting + ', ' + profiler.getStats().requestsProfiled);
       process.exit();`,
    );

    expect(await project.node(`${dialect}.cjs`)).toBe('hello Ada Lovelace from shop, 1\n');
  });

  test('runs the command line, and the doctor finds nothing wrong', async () => {
    const heaptide = join('node_modules', '.bin', 'heaptide');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

    expect(await project.node(heaptide, '--version')).toBe(`${version}\n`);
    const report = JSON.parse(await project.node(heaptide, 'doctor', '--json'));
    expect(report).toMatchObject({ backend: 'native', problems: [] });
    expect(report.binary).toContain('prebuilds');
  });

  test('lets two copies of the package work side by side', async () => {
    const heaptide = join(project.folder, 'node_modules', 'heaptide');
    await cp(heaptide, join(project.folder, 'vendor', 'heaptide'), { recursive: true });
    await project.write(
      'copies.cjs',
      `const copies = [require('heaptide'), require('./vendor/heaptide')];
       const profilers = copies.map(({ EndpointProfiler }) =>
         EndpointProfiler.getInstance({ enabled: true, outputDir: 'two-copies' }));
       const [first, second] = copies.map(({ profileEndpoint }) => profileEndpoint('work')(() => 1));
       const stats = () => profilers.map((one) => one.getStats());
       process.removeAllListeners('warning');
       (async () => {
         for (let i = 0; i < 10; i++) { first(); second(); }
         const owners = stats().map(({ sites }) => sites.samplerOwner);
         await profilers[0].stop();
         second();
         const [, { requestsProfiled, internalErrors }] = stats();
         await profilers[1].stop();
         const { loadProfileData, listProfileFiles } = copies[0];
         const files = await listProfileFiles('two-copies');
         const records = (await Promise.all(files.map(({ path }) => loadProfileData(path)))).flat();
         console.log(JSON.stringify({ owners, requestsProfiled, internalErrors, records: records.length }));
       })();`,
    );

    const output = await project.node('copies.cjs');

    expect(JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '')).toEqual({
      owners: ['heaptide', 'foreign'],
      requestsProfiled: 11,
      internalErrors: 0,
      records: 21,
    });
  });

  test('works without a binary, and says so once', async () => {
    const prebuilds = join(project.folder, 'node_modules', 'heaptide', 'prebuilds');
    await rename(prebuilds, `${prebuilds}-away`);

    const output = await project.node('service.cjs');

    await rename(`${prebuilds}-away`, prebuilds);
    expect(output).toMatch(/^fallback 1$/m);
    expect(output.match(/HeapTideWarning/g)).toHaveLength(1);
    expect(output).toContain('npx heaptide build');
  });

  test.runIf(testsAllNodes)(
    'finds the leaks of the demo',
    async () => {
      await project.install('autocannon@9.0.0', 'cli-progress@3.12.0', 'express@5.3.0');
      await cp(join(root, 'docs', 'examples', 'demo'), join(project.folder, 'demo'), {
        recursive: true,
      });

      // Twice the demo's own length, which is meant for one run on an idle machine.
      const output = await project.node(join('demo', 'run.mjs'), '--seconds', '60');

      expect(output).toContain('Both leaks found, no healthy endpoint blamed');
    },
    300_000,
  );
});

/** A service that profiles one request and prints the backend and the number of records. */
function serviceUsing(load: string): string {
  return `${load}
    const profiler = heaptide.EndpointProfiler.getInstance({ enabled: true });
    heaptide.profileEndpoint('work')(() => 1)();
    const { backend, requestsProfiled } = profiler.getStats();
    console.log(backend, requestsProfiled);
    profiler.stop().then(() => process.exit());`;
}

/** Compiles the decorators' fixture in the repository, whose types it needs, and puts it into the project. */
async function compileDecorators(project: Project, dialect: string): Promise<string> {
  const fixture = join(root, 'test', 'decorators', 'fixtures', dialect);
  const out = join(project.folder, 'compiled', dialect);
  await run(join(root, 'node_modules', '.bin', 'tsc'), ['-p', fixture, '--outDir', out]);
  return join(out, 'service.js');
}
