import { CHANNELS } from '../analysis/gravity.js';
import type { Analysis, FileAnalysis } from '../core/analysis-result.js';
import { listFigures } from './figures.js';
import { type Layout, verdictColor } from './layout.js';
import { printable, VERDICT_WORDS, wrap } from './wording.js';

/** Width of the labels at the left. */
const LABEL_WIDTH = 12;

/** The figures behind the verdict, a line for each. */
export function keyFigures(analysis: Analysis | FileAnalysis, layout: Layout): string {
  return listFigures(analysis)
    .flatMap(({ label, text }) => {
      const lines = wrap(printable(text), layout.width - LABEL_WIDTH);
      const start = (line: number) => (line === 0 ? label : '').padEnd(LABEL_WIDTH);
      // Colors come last: they are no columns.
      return lines.map((line, index) => {
        const shown = label === 'Trends' ? coloredTrends(analysis, layout) : line;
        return `${layout.colors.dim(start(index))}${shown}`;
      });
    })
    .join('\n');
}

function coloredTrends({ trends }: Analysis, { colors }: Layout): string {
  return CHANNELS.map((channel) => {
    const { verdict } = trends[channel];
    return `${channel} ${verdictColor(verdict, colors)(VERDICT_WORDS[verdict])}`;
  }).join(', ');
}
