import { execFile } from 'node:child_process';
import { copyFile, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { Project, packPackage } from './installed-package.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const consumer = join(import.meta.dirname, 'types', 'consumer.test-d.mts');

/** Whose types the integrations are written in. A user of one has them. */
const PEERS = ['@nestjs', '@types', 'express', 'fastify', 'hono', 'koa', 'rxjs', 'undici-types'];

/** Settings under which a mistake in a declaration shows. */
const FLAGS = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--target', 'es2022'];

let project: Project;

beforeAll(async () => {
  project = await Project.make(await packPackage(), process.execPath);
  await project.install('typescript@5.9.3');
  for (const name of PEERS) {
    const link = join(project.folder, 'node_modules', name);
    await symlink(join(root, 'node_modules', name), link).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  await copyFile(consumer, join(project.folder, 'consumer.mts'));
  await copyFile(consumer, join(project.folder, 'consumer.cts'));
}, 120_000);

test('covers every entry that code can import', async () => {
  const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const source = await readFile(consumer, 'utf8');

  const entries = Object.keys(exports).map((name) => `'heaptide${name.slice(1)}'`);

  expect(entries.filter((entry) => !source.includes(entry))).toEqual(["'heaptide/package.json'"]);
});

const compilers = [
  { version: '5.9', compiler: () => join(project.folder, 'node_modules/typescript/bin/tsc') },
  { version: '7', compiler: () => join(root, 'node_modules/typescript/bin/tsc') },
];

test.each(compilers)(
  'is typed for TypeScript $version, imported and required',
  async ({ compiler }) => {
    expect(
      await compile(compiler(), ['--module', 'nodenext', 'consumer.mts', 'consumer.cts']),
    ).toBe('');
  },
);

test.each(compilers)(
  'is typed for bundlers, and for legacy decorators, in TypeScript $version',
  async ({ compiler }) => {
    const flags = [
      '--module',
      'preserve',
      '--moduleResolution',
      'bundler',
      '--experimentalDecorators',
    ];

    expect(await compile(compiler(), [...flags, 'consumer.mts'])).toBe('');
  },
);

/** Returns what the compiler has to say. */
async function compile(compiler: string, args: readonly string[]): Promise<string> {
  const flags = [...FLAGS, '--types', 'node', '--lib', 'es2023,esnext.decorators,dom', ...args];
  const options = { cwd: project.folder };
  return run(process.execPath, [compiler, ...flags], options).then(
    ({ stdout }) => stdout,
    ({ stdout }) => String(stdout),
  );
}
