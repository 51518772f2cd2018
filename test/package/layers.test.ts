// The layers of ARCHITECTURE.md as a test: Biome checks the imports between the folders of lib/, this checks the rest.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

interface Source {
  readonly path: string;
  readonly text: string;
}

function sourcesUnder(folder: string, pattern: RegExp): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path: relative(root, path), text: readFileSync(path, 'utf8') };
    });
}

/** Paths of the sources whose text matches, outside the allowed places. */
function offenders(sources: readonly Source[], text: RegExp, allowed: RegExp): string[] {
  return sources.filter((s) => text.test(s.text) && !allowed.test(s.path)).map((s) => s.path);
}

const native = sourcesUnder('native', /\.(cc|h)$/);
const lib = sourcesUnder('lib', /\.m?ts$/);

test('includes V8 only in native/engine', () => {
  const offending = offenders(native, /#include [<"]v8[^>"]*\.h[>"]/, /^native\/engine\//);

  expect(native.length).toBeGreaterThan(10);
  expect(offending).toEqual([]);
});

test('includes Node-API only in native/binding and the module entry', () => {
  const offending = offenders(
    native,
    /#include [<"](napi|node_api)[^>"]*\.h[>"]/,
    /^native\/(binding\/|addon\.cc$)/,
  );

  expect(offending).toEqual([]);
});

test('keeps native/core free of everything but the standard library and itself', () => {
  const core = native.filter((source) => source.path.startsWith('native/core/'));

  const included = core.flatMap(({ text }) =>
    [...text.matchAll(/#include (<[^>]+>|"[^"]+")/g)].map(([, name]) => name ?? ''),
  );
  const own = new Set(core.map(({ path }) => `"${path.replace('native/core/', '')}"`));
  const foreign = included.filter((name) => !/^<[a-z0-9_]+>$/.test(name) && !own.has(name));

  expect(foreign).toEqual([]);
});

test('finds the binary in one place', () => {
  const allowed = /^lib\/binding\/(binary-path|node-gyp-build\.d)\.ts$/;

  expect(offenders(lib, /node-gyp-build/, allowed)).toEqual([]);
});

test('keeps analysis, capture and report pure: no file, no process, no clock', () => {
  const pure = lib.filter((source) => /^lib\/(analysis|capture|report)\//.test(source.path));
  const impure =
    /from 'node:(fs|process|child_process|worker_threads|v8|os)|Date\.now|performance\.now|process\./;

  expect(pure.length).toBeGreaterThan(10);
  expect(offenders(pure, impure, /^$/)).toEqual([]);
});

test('keeps every source file under 300 lines', () => {
  const long = [...native, ...lib].filter(({ text }) => text.split('\n').length > 300);

  expect(long.map(({ path }) => path)).toEqual([]);
});
