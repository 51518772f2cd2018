// The examples of README and the guides are compiled and run as they stand.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
// Inside the checkout, so that `heaptide` and `@types/node` resolve as they do for a user.
mkdirSync(join(root, 'build'), { recursive: true });
const directory = mkdtempSync(join(root, 'build', 'examples-'));

beforeAll(() => {
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { rootDir: '.', outDir: 'out' },
      include: ['*.mts'],
    }),
  );
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

function codeBlocks(path: string, language: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, code]) => code ?? '',
  );
}

test('compiles and runs the example of the README', () => {
  const [example] = codeBlocks('README.md', 'ts');
  const call =
    "await new Orders().show('7'); health({} as never, { end() {} } as never); await profiler.stop();";
  writeFileSync(join(directory, 'readme.mts'), `${example}\n${call}\n`);

  execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', directory], { stdio: 'inherit' });
  execFileSync(process.execPath, [join(directory, 'out', 'readme.mjs')], { cwd: directory });

  expect(existsSync(join(directory, 'endpoint_profiles', 'GET_orders_id.json'))).toBe(true);
  expect(existsSync(join(directory, 'endpoint_profiles', 'GET_health.json'))).toBe(true);
});

test('runs the service of the getting-started guide, and writes its records on SIGTERM', async () => {
  const [service = '', stop = ''] = codeBlocks('docs/getting-started.md', 'js');
  const report = "server.on('listening', () => process.send(server.address().port));";
  writeFileSync(join(directory, 'service.cjs'), `${service}\n${report}\n${stop}\n`);
  const child = spawn(process.execPath, ['service.cjs'], {
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });

  const [port] = await once(child, 'message');
  const answers = [
    await (await fetch(`http://127.0.0.1:${port}/health`)).text(),
    await (await fetch(`http://127.0.0.1:${port}/login`)).text(),
  ];
  child.kill('SIGTERM');
  const [exitCode] = await once(child, 'exit');

  expect(answers).toEqual(['ok', 'welcome']);
  expect(exitCode).toBe(0);
  expect(existsSync(join(directory, 'endpoint_profiles', 'POST_login.json'))).toBe(true);
});
