import { execFile } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(__dirname, '../../dist/cli/main.js');

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs one command of the built command line in a process of its own. */
export function heaptide(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const options = {
      encoding: 'buffer',
      maxBuffer: 1e8,
      env: { PATH: process.env['PATH'] },
    } as const;
    const child = execFile(process.execPath, [MAIN, ...args], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr: stderr.toString() }),
    );
  });
}
