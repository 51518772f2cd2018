import { readdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { formatUtc } from '../../core/time-in-words.js';
import type { RecoveredRun, Recovery } from '../../storage/recovery.js';
import type { CommandContext } from '../command-context.js';
import { EXIT_CODE } from '../exit-code.js';

interface RecoverOptions {
  readonly json?: true;
}

/** Adds `heaptide recover`. */
export function addRecoverCommand(program: Command, context: CommandContext): void {
  program
    .command('recover')
    .description('bring what killed processes left in their journals into the profile files')
    .argument('<directory>', 'a profile directory')
    .option('--json', 'print JSON, schema heaptide.recovery/1')
    .action((directory: string, options: RecoverOptions) => recover(directory, options, context));
}

async function recover(
  directory: string,
  { json }: RecoverOptions,
  context: CommandContext,
): Promise<void> {
  // Fails, with the system's reason, where there is no such directory.
  await readdir(directory);
  const { recoverProfileDirectory } = await import('../../diagnosis/recover-directory.js');
  const recovery = await recoverProfileDirectory(directory);
  context.write(json === true ? `${JSON.stringify(toJson(recovery))}\n` : toText(recovery));
  if (recovery.failed > 0) context.exitCode = EXIT_CODE.badInput;
}

function toJson({ runs, running, failed, unreadable, unseen }: Recovery): object {
  return { schema: 'heaptide.recovery/1', runs, running, failed, unreadable, unseen };
}

function toText({ runs, running, failed, unreadable, unseen }: Recovery): string {
  const lines = runs.map(describe);
  if (running > 0) lines.push(`${counted(running, 'run')} still running, left alone`);
  if (failed > 0) {
    lines.push(
      `${counted(failed, 'journal')} could not be written to the files: is the directory writable?`,
    );
  }
  if (unreadable > 0) lines.push(`${counted(unreadable, 'file')} that is no journal, set aside`);
  if (unseen > 0) {
    lines.push(
      `${counted(unseen, 'journal')} left alone: only the native addon sees whether the run is alive, see heaptide doctor`,
    );
  }
  if (lines.length === 0) lines.push('Nothing to recover');
  return `${lines.join('\n')}\n`;
}

function describe({ run, pid, thread, started, records, entries }: RecoveredRun): string {
  const who = thread === 0 ? `process ${pid}` : `process ${pid}, thread ${thread}`;
  const what = `${counted(records, 'record')} and ${counted(entries, 'timeline entry', 'timeline entries')}`;
  return `Run ${run} (${who}, started ${formatUtc(started)}) was killed: recovered ${what}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
