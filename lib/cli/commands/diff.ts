import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { diagnose } from '../diagnose.js';
import { EXIT_CODE } from '../exit-code.js';

interface DiffOptions {
  readonly json?: true;
  readonly failOnWorse?: true;
}

/** Adds `heaptide diff`. */
export function addDiffCommand(program: Command, context: CommandContext): void {
  program
    .command('diff')
    .description('compare two profile directories, as from before and after a deployment')
    .argument('<before>', 'a profile directory')
    .argument('<after>', 'a profile directory')
    .option('--json', 'print JSON, schema heaptide.diff/1')
    .option('--fail-on-worse', 'exit with code 1 when the second one is worse')
    .action((before: string, after: string, options: DiffOptions) =>
      diff([before, after], { ...options, context }),
    );
}

async function diff(
  [before, after]: readonly [string, string],
  { json, failOnWorse, context }: DiffOptions & { readonly context: CommandContext },
): Promise<void> {
  const { compare } = await import('../../report/diff/compare.js');
  const was = await diagnose(before);
  const is = await diagnose(after);
  const comparison = compare(was.analysis, is.analysis);
  if (json === true) {
    const { comparisonToJson } = await import('../../report/diff/json.js');
    context.write(`${comparisonToJson(comparison)}\n`);
  } else {
    const { comparisonToText } = await import('../../report/diff/text.js');
    context.write(comparisonToText(comparison, context));
  }
  if (failOnWorse === true && comparison.change === 'worse') context.exitCode = EXIT_CODE.leak;
}
