import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Analysis } from '../core/analysis-result.js';
import type { CommandContext } from './command-context.js';
import { diagnose } from './diagnose.js';
import { EXIT_CODE } from './exit-code.js';
import { parseRowCount } from './row-count.js';

/** Rows of growing functions and of top consumers, as in the reference. */
const DEFAULT_ROWS = 20;

interface AnalyzeOptions {
  readonly growth: number;
  readonly top: number;
  readonly json?: true;
  readonly failOnLeak?: true;
}

/** Adds `heaptide analyze`, which is also what `heaptide` does without the name of a command. */
export function addAnalyzeCommand(program: Command, context: CommandContext): void {
  program
    .command('analyze', { isDefault: true })
    .description('say whether memory leaks, how fast, from which endpoint and which function')
    .argument('<path>', 'a profile directory, or one profile file')
    .option('--growth <rows>', 'growing functions to list', parseRowCount, DEFAULT_ROWS)
    .option('--top <rows>', 'functions with most live memory to list', parseRowCount, DEFAULT_ROWS)
    .option('--json', 'print JSON, schema heaptide.analysis/1')
    .option('--fail-on-leak', 'exit with code 1 when the verdict is leak')
    .action((path: string, options: AnalyzeOptions) => analyze(path, { ...options, context }));
}

async function analyze(
  path: string,
  options: AnalyzeOptions & { readonly context: CommandContext },
): Promise<void> {
  const analysis = await analyzePath(path);
  await printAnalysis(analysis, options);
  if (options.failOnLeak === true && analysis.verdict === 'leak') {
    options.context.exitCode = EXIT_CODE.leak;
  }
}

/** Prints what the analysis of a directory or a file says. */
export async function printAnalysis(
  analysis: Analysis,
  options: Omit<AnalyzeOptions, 'failOnLeak'> & { readonly context: CommandContext },
): Promise<void> {
  const { context, growth, top } = options;
  if (options.json === true) {
    const { toJson } = await import('../report/json.js');
    context.write(`${toJson(analysis, { growth, top })}\n`);
  } else {
    const { toText } = await import('../report/text.js');
    const { width, hasColor } = context;
    context.write(toText(analysis, { growth, top, width, hasColor }));
  }
}

async function analyzePath(path: string): Promise<Analysis> {
  if ((await stat(path)).isDirectory()) {
    return (await diagnose(path)).analysis;
  }
  const { analyzeProfileFile } = await import('../diagnosis/analyze-file.js');
  return analyzeProfileFile(path);
}
