import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { diagnose } from '../diagnose.js';
import { writeOutput } from '../output-file.js';

const DEFAULT_OUTPUT = 'heaptide-report.html';
const STANDARD_OUTPUT = '-';

interface ReportOptions {
  readonly output: string;
}

/** Adds `heaptide report`. */
export function addReportCommand(program: Command, context: CommandContext): void {
  program
    .command('report')
    .description('write the analysis with charts as one HTML file that loads nothing')
    .argument('<directory>', 'a profile directory')
    .option('-o, --output <file>', 'where to write; - for standard output', DEFAULT_OUTPUT)
    .action((directory: string, options: ReportOptions) =>
      report(directory, { ...options, context }),
    );
}

async function report(
  directory: string,
  { output, context }: ReportOptions & { readonly context: CommandContext },
): Promise<void> {
  const { publishPage } = await import('../../publish/publish-page.js');
  const diagnosis = await diagnose(directory);
  const page = await publishPage(diagnosis, basename(resolve(directory)));
  if (output === STANDARD_OUTPUT) {
    context.write(page);
    return;
  }
  await writeOutput(output, page);
  context.write(`${diagnosis.analysis.summary}\nThe report is in ${output}\n`);
}
