import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of `fixtures/` with its arguments. */
export interface Program {
  readonly name: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly cwd?: string;
  /** Called with each chunk of standard output. */
  readonly onOutput?: (kill: (signal: NodeJS.Signals) => void, output: string) => void;
}

/** Runs a program in a Node.js process of its own until it ends. */
export async function runProgram(program: Program): Promise<ProgramEnd> {
  const { name, args = [], execArgv = [], cwd, onOutput } = program;
  const path = join(__dirname, 'fixtures', name);
  const child = spawn(process.execPath, [...execArgv, path, ...args], { cwd });
  child.stdout.on('data', (chunk: Buffer) =>
    onOutput?.((signal) => child.kill(signal), chunk.toString()),
  );
  const ended = new Promise<Pick<ProgramEnd, 'code' | 'signal'>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const [end, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { ...end, stdout, stderr };
}
