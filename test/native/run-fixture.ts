import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Binding } from '../../lib/binding/contract.js';

/** How a program of `fixtures/` ended. */
export interface FixtureEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface FixtureOptions {
  readonly execArgv?: readonly string[];
  readonly args?: readonly string[];
  /** For programs that use `backend.cjs`. The addon when left out. */
  readonly backend?: Binding['backend'];
}

/** A program that never ends does not outlive its test for long, in ms. Valgrind takes minutes. */
const LONGEST_RUN_MS = 900_000;

/** Runs a program of `fixtures/` in a Node.js process of its own until it ends. */
export async function runFixture(name: string, options: FixtureOptions = {}): Promise<FixtureEnd> {
  const { execArgv = [], args = [], backend = 'native' } = options;
  const child = spawn(process.execPath, [...execArgv, join(__dirname, 'fixtures', name), ...args], {
    env: { ...process.env, HEAPTIDE_BACKEND: backend },
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  });
  const ended = new Promise<Pick<FixtureEnd, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const [end, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ...end, stdout, stderr };
}

/** What the program printed last, as JSON. Throws with its error output unless it ended well. */
export async function readFixture<T>(name: string, options: FixtureOptions = {}): Promise<T> {
  const end = await runFixture(name, options);
  if (end.code !== 0)
    throw new Error(`${name} ended with ${end.code ?? end.signal}: ${end.stderr}`);
  const lines = end.stdout.trim().split('\n');
  const result: T = JSON.parse(lines[lines.length - 1] ?? '');
  return result;
}
