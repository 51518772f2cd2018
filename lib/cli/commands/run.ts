import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { printAnalysis } from '../analyze-command.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { diagnose } from '../diagnose.js';
import { EXIT_CODE } from '../exit-code.js';
import { makeRunDirectory, namedDirectory, RUNS } from '../run-directory.js';

/** Rows of the lists, as `heaptide analyze` has them. */
const ROWS = { growth: 20, top: 20 };

/** What a shell reports for a program that a signal ended, above the signal's number. */
const SIGNALED = 128;

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

interface RunOptions {
  readonly output?: string;
  readonly failOnLeak?: true;
}

/** Adds `heaptide run`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('run a service with profiling, and print the verdict when it ends')
    .usage('[options] -- <command> [arguments...]')
    .argument('<command...>', 'the service, such as: node server.js')
    .option('-o, --output <directory>', `profile directory (default: a new one in ${RUNS}/)`)
    .option('--fail-on-leak', 'exit with code 1 when the verdict is leak')
    .action((command: readonly string[], options: RunOptions) => run(command, options, context));
}

async function run(
  command: readonly string[],
  { output, failOnLeak }: RunOptions,
  context: CommandContext,
): Promise<void> {
  const { path: directory, removeIfEmpty } =
    output === undefined ? await makeRunDirectory(new Date()) : namedDirectory(output);
  const { knownRuns } = await import('../../diagnosis/known-runs.js');
  try {
    const earlier = await knownRuns(directory);
    context.exitCode = await runService(command, directory);
    const runs = [...(await knownRuns(directory))].filter((one) => !earlier.has(one));
    if (runs.length === 0) {
      context.write('\nThe service wrote no profiles\n');
      return;
    }
    context.write(`\nProfiles are in ${directory}\n`);
    const { analysis } = await diagnose(directory, new Set(runs));
    await printAnalysis(analysis, { ...ROWS, context });
    if (failOnLeak === true && analysis.verdict === 'leak') context.exitCode = EXIT_CODE.leak;
  } finally {
    await removeIfEmpty();
  }
}

/** Runs the service in the foreground. Resolves to its exit code. */
async function runService(command: readonly string[], directory: string): Promise<number> {
  const [file = '', args, env] = withRegister(command);
  const service = spawn(file, args, {
    stdio: 'inherit',
    env: {
      HEAPTIDE_ENABLE_PROFILING: '1',
      ...process.env,
      ...env,
      HEAPTIDE_PROFILE_OUTPUT_DIR: directory,
    },
  });
  const stopForwarding = forwardSignals((signal) => service.kill(signal));
  try {
    const [code, signal] = await once(service, 'exit');
    return typeof code === 'number' ? code : SIGNALED + signalNumber(signal);
  } catch (cause) {
    throw new CommandError(`Cannot run ${file}`, { cause });
  } finally {
    stopForwarding();
  }
}

/**
 * The command with heaptide loaded before the service. Node.js gets it as an argument, so that only the service's own
 * threads and clusters inherit it; other programs hand it on to Node.js in the environment.
 */
function withRegister([file = '', ...args]: readonly string[]): [
  string,
  string[],
  NodeJS.ProcessEnv,
] {
  const register = require.resolve('heaptide/register');
  if (/^node(\.exe)?$/i.test(basename(file))) return [file, ['--require', register, ...args], {}];
  const { NODE_OPTIONS = '' } = process.env;
  return [file, args, { NODE_OPTIONS: `${NODE_OPTIONS} --require ${JSON.stringify(register)}` }];
}

/** Passes signals on until the returned function is called. A terminal sends its own to the service itself. */
function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    const isSentByTerminal = signal === 'SIGINT' && process.stdin.isTTY === true;
    if (!isSentByTerminal) send(signal);
  };
  for (const signal of FORWARDED) process.on(signal, onSignal);
  return () => {
    for (const signal of FORWARDED) process.off(signal, onSignal);
  };
}

function signalNumber(signal: unknown): number {
  const entry = Object.entries(constants.signals).find(([name]) => name === signal);
  return entry?.[1] ?? 0;
}
