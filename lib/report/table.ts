import Table from 'cli-table3';
import type { Colors } from 'picocolors/types';
import { printable, shorten } from './wording.js';

/** Spaces between columns. */
const GAP = 2;

/** The narrowest that a column is squeezed to. */
const MIN_WIDTH = 12;

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers stand at the right. @defaultValue 'left' */
  readonly align?: 'left' | 'right';
  /** Long texts may be shortened in the middle to fit. */
  readonly isElastic?: boolean;
}

/** Draws a table without lines that is at most `width` wide. */
export function drawTable(table: {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  readonly width: number;
  readonly colors: Colors;
  /** Colors a cell after it is fitted. */
  readonly paint?: (text: string, row: number, column: number) => string;
}): string {
  const { columns, colors, paint = (text: string) => text } = table;
  const rows = table.rows.map((row) => row.map(printable));
  const widths = fitWidths(columns, rows, table.width);
  const drawn = new Table({
    chars: BORDERLESS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: columns.map(({ align = 'left' }) => align),
    head: columns.map(({ title }) => colors.dim(title)),
  });
  for (const [index, row] of rows.entries()) {
    drawn.push(row.map((text, at) => paint(shorten(text, widths[at] ?? text.length), index, at)));
  }
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** No lines, and a gap between columns. */
const BORDERLESS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' '.repeat(GAP),
};

/** Widths of the columns: natural ones, with the widest elastic columns squeezed until all fit. */
function fitWidths(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): readonly number[] {
  const widths = columns.map(({ title }, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]?.length ?? 0), title.length),
  );
  const elastic = columns.flatMap(({ isElastic }, at) => (isElastic === true ? [at] : []));
  const sum = () => widths.reduce((a, b) => a + b, GAP * (columns.length - 1));
  while (sum() > width) {
    const widest = elastic.reduce(
      (a, b) => ((widths[b] ?? 0) > (widths[a] ?? 0) ? b : a),
      elastic[0] ?? 0,
    );
    const current = widths[widest] ?? 0;
    if (current <= MIN_WIDTH) break;
    widths[widest] = current - 1;
  }
  return widths;
}
