// The live view, on a service that runs: in a pipe, and in a terminal that script(1) makes.
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/profile-directory.js';
import { heaptide } from './command-line.js';

const MAIN = join(__dirname, '../../dist/cli/main.js');
const SERVICE = join(__dirname, 'fixtures/busy-service.mjs');

const QUIT = { q: 'q', Escape: '\u001b', 'Ctrl-C': '\u0003' };
const ALTERNATE_SCREEN = '\u001b[?1049h';
const MAIN_SCREEN = '\u001b[?25h\u001b[?1049l';

let root = '';
let service: ChildProcess;
const directory = () => join(root, 'profiles');

beforeAll(async () => {
  root = await temporaryDirectory();
  const env = { ...process.env, HEAPTIDE_PROFILE_OUTPUT_DIR: directory() };
  service = fork(SERVICE, { cwd: root, env, execArgv: ['--expose-gc'] });
  await once(service, 'message');
});

afterAll(async () => {
  service.kill('SIGKILL');
  await once(service, 'exit');
  await rm(root, { recursive: true });
});

describe('heaptide top in a pipe', () => {
  test('prints a line per look', async () => {
    const { code, stdout } = await heaptide('top', directory(), '--count', '2');

    const lines = stdout.toString().trimEnd().split('\n');
    expect([code, lines.length]).toEqual([0, 2]);
    expect(lines[0]).toMatch(
      /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC {2}\w+ {2}\d+ requests {2}[\d.]+\/s {2}heap [\d.]+ MB {2}floor [\d.]+ MB/,
    );
  });

  test.runIf(process.platform === 'linux')('finds the directory of a process', async () => {
    const { code, stdout } = await heaptide('top', '--pid', String(service.pid), '-n', '1');

    expect([code, stdout.toString().split('\n').length]).toEqual([0, 2]);
  });

  test.each([
    [[], /Give a directory or --pid/],
    [['--pid', '4194305'], /Cannot see the environment of process 4194305/],
    [['--pid', 'x'], /Expected a whole number from 1/],
    [['.', '--count', '0'], /Expected a whole number from 1/],
    [['.'], /\. holds no timeline yet/],
    [['/no/such/directory'], /Cannot read \/no\/such\/directory: no such file or directory/],
  ])('says what is wrong with %j', async (args, message) => {
    const { code, stderr } = await heaptide('top', ...args);

    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

/** Runs the live view in a terminal, and presses keys once it draws. */
async function inTerminal(
  size: string,
  keys: string,
): Promise<{ readonly code: number; readonly output: string }> {
  const command = `stty ${size}; exec '${process.execPath}' '${MAIN}' top '${directory()}'`;
  const terminal = spawn('script', ['-qefc', command, '/dev/null']);
  let output = '';
  terminal.stdout.on('data', (data: Buffer) => {
    const isFirst = !output.includes('quits');
    output += data.toString();
    if (isFirst && output.includes('quits')) terminal.stdin.write(keys);
  });
  const [code] = await once(terminal, 'close');
  return { code, output };
}

const hasScript = (() => {
  try {
    return execFileSync('script', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

describe.runIf(hasScript)('heaptide top in a terminal (needs script of util-linux)', () => {
  test.each(Object.entries(QUIT))(
    'quits with %s and leaves the terminal as it was',
    async (_, key) => {
      const { code, output } = await inTerminal('cols 80 rows 30', key);

      expect(code).toBe(0);
      expect(output.indexOf(ALTERNATE_SCREEN)).toBe(0);
      expect(output.endsWith(MAIN_SCREEN)).toBe(true);
    },
  );

  test.each([
    [80, 24],
    [120, 50],
  ])('fits %i columns and %i rows', async (columns, rows) => {
    const { output } = await inTerminal(`cols ${columns} rows ${rows}`, 'q');

    const [, frame = ''] = output.split('\u001b[H');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal is driven with.
    const lines = frame.replaceAll(/\u001b\[[?\d;]*[a-zA-Z]/g, '').split(/\r+\n/);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(lines[0]).toMatch(/^heaptide top {2}pid \d+, running, [\d,]+ requests/);
    expect(lines.join('\n')).toMatch(/Endpoint .*Req\/s[\s\S]*GET \/busy/);
  });
});
