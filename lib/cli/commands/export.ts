import { gzipSync } from 'node:zlib';
import { type Command, Option } from 'commander';
import type { Analysis } from '../../core/analysis-result.js';
import type { LiveMemory } from '../../report/live-memory.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { diagnose } from '../diagnose.js';
import { writeOutput } from '../output-file.js';

const FORMATS = ['pprof', 'heapprofile', 'csv', 'markdown'] as const;

type Format = (typeof FORMATS)[number];

interface ExportOptions {
  readonly format: Format;
  readonly output?: string;
}

/** Adds `heaptide export`. */
export function addExportCommand(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('write live memory by stack for other viewers, or a summary to paste')
    .argument('<directory>', 'a profile directory')
    .addOption(
      new Option('--format <format>', 'what to write').choices(FORMATS).makeOptionMandatory(),
    )
    .option('-o, --output <file>', 'where to write; standard output if not given')
    .action((directory: string, options: ExportOptions) =>
      exportDirectory(directory, { ...options, context }),
    );
}

async function exportDirectory(
  directory: string,
  { format, output, context }: ExportOptions & { readonly context: CommandContext },
): Promise<void> {
  const { readLiveMemory } = await import('../../report/live-memory.js');
  const diagnosis = await diagnose(directory);
  const memory = readLiveMemory(diagnosis.evidence, diagnosis.analysis.runs[0]?.run ?? '');
  if (memory === undefined && format !== 'markdown') {
    throw new CommandError(
      `${directory} holds no live stacks: the run saw no major GC, or ran without the allocation sampler`,
    );
  }
  const content = await encode({ format, analysis: diagnosis.analysis, memory });
  if (output === undefined) context.write(content);
  else await writeOutput(output, content);
}

async function encode(source: {
  readonly format: Format;
  readonly analysis: Analysis;
  readonly memory: LiveMemory | undefined;
}): Promise<string | Uint8Array> {
  const { format, analysis, memory } = source;
  if (format === 'markdown' || memory === undefined) {
    const { toMarkdown } = await import('../../report/export/markdown.js');
    return toMarkdown(analysis, memory);
  }
  switch (format) {
    case 'pprof': {
      const { toPprof } = await import('../../report/export/pprof.js');
      return gzipSync(toPprof(memory));
    }
    case 'heapprofile':
      return (await import('../../report/export/heap-profile.js')).toHeapProfile(memory);
    case 'csv':
      return (await import('../../report/export/csv.js')).toCsv(memory);
  }
}
