import { createColors } from 'picocolors';
import type { Colors, Formatter } from 'picocolors/types';
import { formatBytes } from '../../analysis/units-in-words.js';
import type { Analysis, EndpointAnalysis, GrowingSite } from '../../core/analysis-result.js';
import { mbToBytes } from '../../core/units.js';
import { growthOf } from '../figures.js';
import type { Layout } from '../layout.js';
import { type Column, drawTable } from '../table.js';
import { clampWidth, formatCount, printable, VERDICT_WORDS, wrap } from '../wording.js';
import type { Change, Compared, Comparison } from './compare.js';

/** Rows of a table, at most. */
const MAX_ROWS = 20;

/** The comparison as a person reads it. */
export function comparisonToText(
  comparison: Comparison,
  options: { readonly width: number; readonly hasColor: boolean },
): string {
  const colors = createColors(options.hasColor);
  const layout = { width: clampWidth(options.width), colors };
  const { change, conclusion, before, after } = comparison;
  const headline = wrap(printable(conclusion), layout.width).map((line) =>
    colors.bold(changeColor(change, colors)(line)),
  );
  const sections = [
    headline.join('\n'),
    [describeSide('Before', before, layout), describeSide('After', after, layout)].join('\n'),
    endpointRows(comparison, layout),
    siteRows(comparison, layout),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function changeColor(change: Change, colors: Colors): Formatter {
  if (change === 'worse') return colors.red;
  return change === 'better' ? colors.green : (text) => String(text);
}

function describeSide(label: string, { verdict, runs }: Analysis, { colors }: Layout): string {
  const [run] = runs;
  const requests =
    run === undefined ? '' : `, ${formatCount(run.requests)} requests in run ${run.run}`;
  return `${colors.dim(label.padEnd(8))}${VERDICT_WORDS[verdict]}${printable(requests)}`;
}

const SIDES: readonly Column[] = [
  { title: 'Before', align: 'right' },
  { title: 'After', align: 'right' },
];

function endpointRows({ endpoints }: Comparison, layout: Layout): string {
  return section(layout, {
    title: 'Endpoints',
    columns: [{ title: 'Endpoint', isElastic: true }, { title: 'Change' }, ...SIDES],
    compared: endpoints,
    describe: (endpoint: EndpointAnalysis) => growthOf(endpoint),
  });
}

function siteRows({ sites }: Comparison, layout: Layout): string {
  return section(layout, {
    title: 'Growing functions',
    columns: [{ title: 'Function', isElastic: true }, { title: 'Change' }, ...SIDES],
    compared: sites,
    describe: (site: GrowingSite) => `${formatBytes(mbToBytes(site.growthMbPerRequest))}/request`,
  });
}

function wordFor({ change, before, after }: Compared<unknown>): string {
  if (before === undefined) return 'new';
  return after === undefined ? 'gone' : change;
}

function section<T>(
  { width, colors }: Layout,
  table: {
    readonly title: string;
    readonly columns: readonly Column[];
    readonly compared: readonly Compared<T>[];
    readonly describe: (item: T) => string;
  },
): string {
  const { title, columns, compared, describe } = table;
  if (compared.length === 0) return '';
  const shown = compared.slice(0, MAX_ROWS);
  const cell = (item: T | undefined) => (item === undefined ? '-' : describe(item));
  const drawn = drawTable({
    columns,
    rows: shown.map((one) => [one.name, wordFor(one), cell(one.before), cell(one.after)]),
    width,
    colors,
    paint: (text, row, column) => {
      const change = shown[row]?.change;
      return column === 1 && change !== undefined ? changeColor(change, colors)(text) : text;
    },
  });
  const more = compared.length - shown.length;
  return [colors.bold(title), drawn, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}
