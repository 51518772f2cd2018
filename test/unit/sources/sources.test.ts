// Original names and lines behind what compilers and bundlers make, with V8's own positions.
import { execFileSync } from 'node:child_process';
import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import webpack from 'webpack';
import type { StackFrame } from '../../../lib/core/profile.js';
import { functionNameAt } from '../../../lib/sources/function-name.js';
import { Sources } from '../../../lib/sources/sources.js';
import { temporaryDirectory } from '../../support/profile-directory.js';

const SOURCE = `interface Order {
  readonly id: number;
  readonly lines: readonly string[];
}

const kept: Order[] = [];

function linesOf(id: number): readonly string[] {
  return Array.from({ length: 40 }, (_, line) => \`order \${id}, line \${line}\`.repeat(4));
}

export function rememberOrder(id: number): void {
  kept.push({ id, lines: linesOf(id) });
  kept.push({ id, lines: new Array(100).fill(id) });
}

export const rememberLater = (id: number): void => {
  kept.push({ id, lines: new Array(100).fill(id) });
};

export class Ledger {
  enter(id: number): void {
    kept.push({ id, lines: new Array(100).fill(id) });
  }
}

const ledger = new Ledger();
// What nothing refers to is collected before it is seen.
Object.assign(globalThis, { kept, ledger, rememberOrder, rememberLater });
for (let id = 0; id < 1500; id++) {
  rememberOrder(id);
  rememberLater(id);
  ledger.enter(id);
}
`;

/** Lines on which the functions start. */
const LINES = { rememberOrder: 12, rememberLater: 17, enter: 22 };

// Prints every frame of a sampled heap profile of the script, as heaptide records them.
const PROFILE = `
const { Session } = require('node:inspector');
const session = new Session();
session.connect();
session.post('HeapProfiler.startSampling', { samplingInterval: 512 });
require(process.argv[1]);
session.post('HeapProfiler.getSamplingProfile', (_, { profile }) => {
  const frames = ({ callFrame, children }) => [callFrame, ...children.flatMap(frames)];
  console.log(JSON.stringify(frames(profile.head).map((frame) => ({
    function: frame.functionName, file: frame.url, line: frame.lineNumber + 1, column: frame.columnNumber + 1,
  }))));
});
`;

let directory = '';
const file = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await temporaryDirectory();
  await writeFile(file('orders.ts'), SOURCE);
});

afterAll(() => rm(directory, { recursive: true }));

/** Frames of the script that V8 sampled, under their original names. */
async function originalFrames(script: string, sources = new Sources()): Promise<StackFrame[]> {
  const output = execFileSync(process.execPath, ['--no-opt', '-e', PROFILE, script], {
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  const sampled: StackFrame[] = JSON.parse(output);
  const own = sampled.filter((frame) => frame.file.endsWith(script.replace(/^.*\//, '')));
  await sources.load(own);
  return own.map((frame) => sources.original(frame));
}

function linesByName(frames: readonly StackFrame[], original: RegExp): Record<string, number> {
  const found = frames.filter((frame) => original.test(frame.file) && frame.function in LINES);
  return Object.fromEntries(found.map((frame) => [frame.function, frame.line]));
}

async function bundleWithWebpack(options: webpack.Configuration): Promise<void> {
  const { code } = await transform(SOURCE, { loader: 'ts' });
  await writeFile(file('orders.mjs'), code);
  await new Promise<void>((resolve, reject) => {
    const config = {
      context: directory,
      entry: './orders.mjs',
      target: 'node',
      ...options,
    } as const;
    webpack(
      { ...config, output: { path: directory, filename: 'webpacked.cjs' } },
      (error, stats) =>
        error || stats?.hasErrors() ? reject(error ?? new Error(stats?.toString())) : resolve(),
    );
  });
}

describe('originals', () => {
  test('are found behind what tsc makes', async () => {
    const tsc = join(__dirname, '../../../node_modules/typescript/bin/tsc');
    const flags = ['--module', 'commonjs', '--target', 'es2022', '--sourceMap', '--types', ''];
    execFileSync(process.execPath, [tsc, ...flags, '--ignoreConfig', file('orders.ts')]);

    const frames = await originalFrames(file('orders.js'));

    expect(linesByName(frames, /\/orders\.ts$/)).toEqual(LINES);
  });

  test('are found behind what esbuild minifies', async () => {
    await build({
      entryPoints: [file('orders.ts')],
      outfile: file('minified.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      sourcemap: true,
    });

    const frames = await originalFrames(file('minified.js'));

    expect(linesByName(frames, /\/orders\.ts$/)).toEqual(LINES);
  });

  test('are found with a map within the script', async () => {
    await build({
      entryPoints: [file('orders.ts')],
      outfile: file('inline.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      sourcemap: 'inline',
    });

    const frames = await originalFrames(file('inline.js'));

    expect(linesByName(frames, /\/orders\.ts$/)).toEqual(LINES);
  });

  test.each(['development', 'production'] as const)(
    'are found behind what webpack makes for %s',
    async (mode) => {
      await bundleWithWebpack({
        mode,
        devtool: 'source-map',
        optimization: { concatenateModules: false },
      });
      const text = await readFile(file('orders.mjs'), 'utf8');
      const lineOf = (start: string) =>
        text.split('\n').findIndex((line) => line.includes(start)) + 1;

      const frames = await originalFrames(file('webpacked.cjs'));

      expect(linesByName(frames, /orders\.mjs$/)).toEqual({
        rememberOrder: lineOf('function rememberOrder'),
        rememberLater: lineOf('const rememberLater'),
        enter: lineOf('  enter('),
      });
    },
  );

  test('are quoted around the start of a function', async () => {
    await build({
      entryPoints: [file('orders.ts')],
      outfile: file('quoted.js'),
      bundle: true,
      minify: true,
      platform: 'node',
      sourcemap: true,
    });
    const sources = new Sources();
    const frames = await originalFrames(file('quoted.js'), sources);
    const frame = frames.find((one) => one.function === 'rememberOrder');

    const excerpt = frame && (await sources.excerpt(frame));

    expect(excerpt?.firstLine).toBe(11);
    expect(excerpt?.lines[1]).toBe('export function rememberOrder(id: number): void {');
  });

  test('stay unknown where the map is damaged, missing, or of another version', async () => {
    const maps = { damaged: '{"version":3,', empty: '', other: '{"version":99}' };
    for (const [name, map] of Object.entries(maps)) {
      await writeFile(file(`${name}.js.map`), map);
      await writeFile(file(`${name}.js`), `f()\n//# sourceMappingURL=${name}.js.map\n`);
    }
    await writeFile(file('missing.js'), 'f()\n//# sourceMappingURL=nowhere.js.map\n');
    const frames = [...Object.keys(maps), 'missing'].map((name) => frameIn(file(`${name}.js`)));
    const sources = new Sources();

    await sources.load(frames);

    expect(frames.map((frame) => sources.original(frame))).toEqual(frames);
  });

  test.each(['', 'node:fs', 'https://example.com/app.js', 'file:///%', 'wasm://x', '/no/where.js'])(
    'of a script called %o are not looked for elsewhere',
    async (script) => {
      const sources = new Sources();

      await sources.load([frameIn(script)]);

      expect(sources.original(frameIn(script))).toEqual(frameIn(script));
      expect(await sources.excerpt(frameIn(script))).toBeUndefined();
    },
  );

  test('are sources only: no other file is quoted', async () => {
    await writeFile(file('secrets.env'), 'PASSWORD=1\n');

    expect(await new Sources().excerpt(frameIn(file('secrets.env')))).toBeUndefined();
  });

  test('tell when they changed last', async () => {
    await writeFile(file('plain.js'), 'function f() {}\n');
    await utimes(file('plain.js'), 1000, 1000);

    const excerpt = await new Sources().excerpt(frameIn(file('plain.js')));

    expect(excerpt).toEqual({ firstLine: 1, lines: ['function f() {}', ''], changed: 1_000_000 });
  });
});

describe('the name of a function', () => {
  test.each([
    ['function keep(id) {', 0, 'keep'],
    ['function keep(id) {', 9, 'keep'],
    ['function keep(id) {', 13, 'keep'],
    ['export default async function* keep(id) {', 0, 'keep'],
    ['const keep = (id) => {', 6, 'keep'],
    ['const keep = (id) => {', 13, 'keep'],
    ['const keep = async id => {', 19, 'keep'],
    ['const keep = (id: number) => {', 14, 'keep'],
    ['keep(item => item)', 5, undefined],
    ['const keep: Keeper<T> = (id) => {', 24, 'keep'],
    ['  keep(id) {', 2, 'keep'],
    ['  static async #keep(id) {', 15, '#keep'],
    ['  keep: function (id) {', 17, 'keep'],
    ['items.map((item) => item)', 10, undefined],
    ['return (item) => item', 7, undefined],
    ['', 0, undefined],
  ])('in %o from column %i on is %o', (line, column, name) => {
    expect(functionNameAt(line, column)).toBe(name);
  });

  // Read from each of its characters on, a line of a megabyte would take minutes.
  test.each([
    ['one word', 'x'.repeat(1_000_000), ') {', undefined],
    ['properties', 'key:1,'.repeat(200_000), 'keep(id) {', 'keep'],
    ['comparisons', 'a<b,'.repeat(250_000), 'keep(id) {', 'keep'],
  ])('is looked for nearby in a long line of %s', (_, before, after, name) => {
    expect(functionNameAt(`${before}.${after}`, before.length + 1)).toBe(name);
  });
});

function frameIn(script: string): StackFrame {
  return { function: 'f', file: script, line: 1, column: 1 };
}
