import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A service in a process of its own. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  /** The line of JSON that the service prints when it listens. */
  readonly told: Readonly<Record<string, number>>;
  /** Everything that it has printed after that, and on standard error. */
  readonly output: () => string;
  /** Sends the signal and waits for the end. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | null>;
  /** Waits until standard error matches. */
  readonly says: (pattern: RegExp) => Promise<void>;
}

export async function startService(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ServiceProcess> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [...args], {
    cwd: options.cwd,
    env: { PATH, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed: string[] = [];
  const listeners = new Set<() => void>();
  const note = (text: string) => {
    printed.push(text);
    for (const listener of listeners) listener();
  };
  child.stderr.setEncoding('utf8').on('data', note);
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'close');
  const failed = ended.then(() => {
    throw new Error('The service ended before it listened', { cause: printed.join('') });
  });
  const [first] = await Promise.race([once(lines, 'line'), failed]);
  failed.catch(() => {});
  lines.on('line', note);
  const output = () => printed.join('\n');
  return {
    child,
    told: JSON.parse(first),
    output,
    async end(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
    says: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (!pattern.test(output())) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
  };
}
