import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from './run-program.js';

/** What heaptide is doing when the end comes. */
const STATES = ['loaded', 'observed', 'sampling', 'watched', 'request', 'stopped'] as const;

const ENDINGS = [
  'natural',
  'exit',
  'throw',
  'reject',
  'SIGTERM',
  'SIGKILL',
  'oom',
  'worker-natural',
  'worker-exit',
  'worker-throw',
  'worker-terminate',
  'worker-oom',
] as const;

/** What a parent process, and a thread's parent, sees of an end. */
interface SeenEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string;
}

let workspace = '';
const bare = new Map<string, SeenEnd>();

async function end(state: string, ending: string): Promise<SeenEnd> {
  const outputDir = join(workspace, `${state}-${ending}`);
  const execArgv = ending === 'oom' ? ['--max-old-space-size=32'] : [];
  const args = [state, ending, outputDir];
  const { code, signal, stdout } = await runProgram({
    name: 'state-and-end.mjs',
    args,
    execArgv,
  });
  return { code, signal, said: stdout };
}

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'heaptide-test-'));
  for (const ending of ENDINGS) bare.set(ending, await end('bare', ending));
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

test('without heaptide the endings differ: the table compares something', () => {
  const seen = ENDINGS.map((ending) => JSON.stringify(bare.get(ending)));

  expect(new Set(seen).size).toBeGreaterThanOrEqual(8);
});

describe.each(STATES)('a thread whose heaptide is in the state "%s"', (state) => {
  test.each(ENDINGS)('ends as without it: %s', async (ending) => {
    const seen = await end(state, ending);

    expect(seen).toEqual(bare.get(ending));
  });
});
