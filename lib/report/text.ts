import { createColors } from 'picocolors';
import type { Analysis, FileAnalysis } from '../core/analysis-result.js';
import type { RowLimits } from './json.js';
import { keyFigures } from './key-figures.js';
import { type Layout, verdictColor } from './layout.js';
import { consumerTable, endpointTable, growthTable } from './sections.js';
import { clampWidth, printable, VERDICT_WORDS, wrap } from './wording.js';

/** How a report is drawn. */
export interface TextOptions extends RowLimits {
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether to use colors. */
  readonly hasColor: boolean;
}

/** The analysis as a person reads it: the verdict, then what leaks and where, then figures and caveats. */
export function toText(analysis: Analysis | FileAnalysis, options: TextOptions): string {
  const width = clampWidth(options.width);
  const colors = createColors(options.hasColor);
  const layout = { width, colors };
  const sections = [
    headline(analysis, layout),
    keyFigures(analysis, layout),
    endpointTable(analysis, layout),
    growthTable(analysis, { ...layout, rows: options.growth }),
    consumerTable(analysis, { ...layout, rows: options.top }),
    caveats(analysis, layout),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function headline({ verdict, summary }: Analysis, { width, colors }: Layout): string {
  const paint = verdictColor(verdict, colors);
  const label = colors.bold(paint(VERDICT_WORDS[verdict].toUpperCase()));
  const lines = wrap(printable(summary), width).map((line) => colors.bold(line));
  return [label, ...lines].join('\n');
}

function caveats({ warnings }: Analysis, { width, colors }: Layout): string {
  if (warnings.length === 0) return '';
  const items = warnings.flatMap((warning) =>
    wrap(printable(warning), width - 2).map((line, index) => `${index === 0 ? '- ' : '  '}${line}`),
  );
  return [colors.bold('Caveats'), ...items].join('\n');
}
