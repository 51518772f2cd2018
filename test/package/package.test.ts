// What is published, and how it is imported.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
const outputDir = mkdtempSync(join(tmpdir(), 'heaptide-package-'));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

afterAll(() => rmSync(outputDir, { recursive: true }));

test('runs no script on the machine of a user who installs it', () => {
  const lifecycle = Object.keys(manifest.scripts).filter((name) =>
    /install|^prepublish$/.test(name),
  );

  expect(lifecycle).toEqual([]);
  // Without this, npm adds an implicit `node-gyp rebuild`, because binding.gyp is in the package.
  expect(manifest.gypfile).toBe(false);
});

test('gives the same objects to import and to require', async () => {
  const required = require('heaptide');
  const imported = await import('heaptide');

  const names = Object.keys(required).sort();

  expect(Object.keys(imported).sort()).toEqual(names);
  for (const name of names) expect(Reflect.get(imported, name)).toBe(required[name]);
});

test('packs the built library, the native sources and nothing else', () => {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(output);
  const folders = new Set<string>(
    files.map(({ path }: { path: string }) => path.replace(/\/.*/, '/')),
  );

  const allowed = ['LICENSE', 'README.md', 'CHANGELOG.md', 'package.json', 'binding.gyp'];
  const strangers = [...folders].filter(
    (name) => !allowed.includes(name) && !['dist/', 'native/', 'prebuilds/'].includes(name),
  );
  expect(strangers).toEqual([]);
  expect(folders).toContain('dist/');
});

test('loads quietly and leaves nothing behind when it is only imported', () => {
  const script =
    "require('heaptide'); process.on('exit', () => console.log(process.getActiveResourcesInfo().length))";

  const output = execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });

  expect(output.trim()).toBe('0');
});

test('has its first profile before it loads costly parts of Node.js', () => {
  const script = `
    const before = new Set(process.moduleLoadList);
    const { EndpointProfiler, profileEndpoint } = require('heaptide');
    const profiler = EndpointProfiler.getInstance({ enabled: true });
    profileEndpoint('work')(() => 1)();
    const loaded = process.moduleLoadList.filter((name) => !before.has(name));
    const { backend, requestsProfiled } = profiler.getStats();
    console.log(JSON.stringify({ backend, requestsProfiled, loaded }));
    process.exit();`;

  const output = execFileSync(process.execPath, ['-e', script], {
    cwd: root,
    env: { ...process.env, HEAPTIDE_PROFILE_OUTPUT_DIR: outputDir },
    encoding: 'utf8',
  });

  const { backend, requestsProfiled, loaded } = JSON.parse(output);
  expect({ backend, requestsProfiled }).toEqual({ backend: 'native', requestsProfiled: 1 });
  const costly =
    /^NativeModule (crypto|fs\/promises|module|os|perf_hooks|stream|v8|vm|worker_threads)$/;
  expect(loaded.filter((name: string) => costly.test(name))).toEqual([]);
});

// A larger script takes 0.1 MB more to load: measured on Node.js 20.
test('loads less than 128 KB of its own until the first profile', () => {
  const { size } = statSync(join(root, 'dist', 'chunks', 'profiler.js'));

  expect(size).toBeLessThan(128 * 1024);
});

// It takes memory, and makes the HTTP/1 requests of the process dearer.
test('leaves it to the service to load HTTP/2', () => {
  const script = `
    for (const name of ['express', 'fastify', 'http', 'koa', 'register']) require('heaptide/' + name);
    console.log(process.moduleLoadList.includes('NativeModule http2'));`;

  const output = execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' });

  expect(output.trim()).toBe('false');
});
