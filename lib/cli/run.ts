import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { Command, CommanderError } from 'commander';
import { isHeapTideError } from '../core/errors.js';
import { PACKAGE } from '../core/package-root.js';
import { addAnalyzeCommand } from './analyze-command.js';
import type { CommandContext } from './command-context.js';
import { CommandError } from './command-error.js';
import { addBuildCommand } from './commands/build.js';
import { addDiffCommand } from './commands/diff.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addExportCommand } from './commands/export.js';
import { addRecoverCommand } from './commands/recover.js';
import { addReportCommand } from './commands/report.js';
import { addRunCommand } from './commands/run.js';
import { addTopCommand } from './commands/top.js';
import { EXIT_CODE } from './exit-code.js';

const HELP = `
Exit codes: 0 done, 1 a leak was found and --fail-on-leak was given, 2 bad input.

Examples:
  $ heaptide endpoint_profiles/
  $ heaptide endpoint_profiles/chat_completions.json --growth 30
  $ heaptide analyze endpoint_profiles/ --json --fail-on-leak
  $ heaptide run -- node server.js`;

/**
 * Runs one command line, given without the program's name. The exit code is in the context afterwards. Input that cannot
 * be used is told in one line on standard error; anything else that is thrown is a bug and passes through.
 */
export async function run(args: readonly string[], context: CommandContext): Promise<void> {
  try {
    await createProgram(context).parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      context.exitCode = error.exitCode === 0 ? EXIT_CODE.ok : EXIT_CODE.badInput;
      return;
    }
    const problem = describeProblem(error);
    if (problem === undefined) throw error;
    process.stderr.write(`error: ${problem}\n`);
    context.exitCode = EXIT_CODE.badInput;
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('heaptide')
    .description('Finds memory leaks of Node.js services: which endpoint, how fast, which function')
    .usage('[command] <path> [options]')
    .version(readVersion())
    .showSuggestionAfterError(false)
    .addHelpText('after', HELP)
    .exitOverride();
  addAnalyzeCommand(program, context);
  addReportCommand(program, context);
  addTopCommand(program, context);
  addDiffCommand(program, context);
  addExportCommand(program, context);
  addRecoverCommand(program, context);
  addRunCommand(program, context);
  addDoctorCommand(program, context);
  addBuildCommand(program, context);
  return program;
}

/** The package's version, from its manifest. */
function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(PACKAGE.root, 'package.json'), 'utf8'));
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : 'unknown';
}

/** What is wrong with the input or the output, or `undefined` when the error is about neither. */
function describeProblem(error: unknown): string | undefined {
  if (isHeapTideError(error)) return error.message;
  if (error instanceof CommandError) {
    const reason = systemReason(error.cause);
    return reason === undefined ? error.message : `${error.message}: ${reason}`;
  }
  const reason = systemReason(error);
  if (reason === undefined) return undefined;
  const path = error instanceof Error && 'path' in error ? ` ${String(error.path)}` : '';
  return `Cannot read${path}: ${reason}`;
}

/** What the operating system says; `undefined` for an error of another origin. */
function systemReason(error: unknown): string | undefined {
  if (!(error instanceof Error && 'errno' in error && typeof error.errno === 'number')) {
    return undefined;
  }
  const [, reason = error.message] = getSystemErrorMap().get(error.errno) ?? [];
  return reason;
}
