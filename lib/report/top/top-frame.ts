import { createColors } from 'picocolors';
import { toFloorPoints } from '../../analysis/run/floor-points.js';
import { formatBytes } from '../../analysis/units-in-words.js';
import { formatTime, formatUtc } from '../../core/time-in-words.js';
import type { TimelineEntry } from '../../core/timeline.js';
import { mbToBytes } from '../../core/units.js';
import { growthOf, listFigures } from '../figures.js';
import { type Layout, verdictColor } from '../layout.js';
import { growthTable } from '../sections.js';
import { type Column, drawTable } from '../table.js';
import {
  clampWidth,
  formatCount,
  formatShare,
  printable,
  shorten,
  VERDICT_WORDS,
  wrap,
} from '../wording.js';
import type { TopView } from './top-view.js';

/** Where a frame is drawn. */
export interface FrameOptions {
  readonly width: number;
  readonly height: number;
  readonly hasColor: boolean;
}

const BARS = '▁▂▃▄▅▆▇█';

/** Figures of the report that fit a glance. */
const FIGURES: readonly string[] = ['Growth', 'Heap limit', 'Or a cache?'];

const MAX_SITES = 5;

/** One frame of the live view, no larger than the terminal. */
export function drawFrame(view: TopView, { width, height, hasColor }: FrameOptions): string {
  const layout = { width: clampWidth(width), colors: createColors(hasColor) };
  const { colors } = layout;
  const sections = [
    titleLine(view, layout),
    headline(view, layout),
    memoryLines(view, layout),
    endpointRows(view, { layout, rows: Math.max(3, height - 24) }),
    growthTable(view.analysis, { ...layout, rows: MAX_SITES }),
  ];
  const lines = sections
    .filter((section) => section !== '')
    .join('\n\n')
    .split('\n');
  return [...lines.slice(0, Math.max(1, height - 2)), colors.dim('q quits')].join('\n');
}

function titleLine({ analysis: { runs }, entries }: TopView, { width, colors }: Layout): string {
  const [run] = runs;
  const last = entries.at(-1);
  const ending = run?.ended === 'running' ? 'running' : 'not running any more';
  const time = last === undefined ? '' : ` ${formatTime(last.timestamp).slice(-8)} UTC`;
  const text = `heaptide top  pid ${run?.pid ?? 0}, ${ending}, ${formatCount(run?.requests ?? 0)} requests`;
  const left = shorten(text, width - time.length);
  return `${colors.bold(left)}${colors.dim(time.padStart(width - left.length))}`;
}

function headline({ analysis }: TopView, { width, colors }: Layout): string {
  const { verdict, summary } = analysis;
  const label = colors.bold(verdictColor(verdict, colors)(VERDICT_WORDS[verdict].toUpperCase()));
  return [label, ...wrap(printable(summary), width)].join('\n');
}

function memoryLines({ analysis, entries }: TopView, { width, colors }: Layout): string {
  const last = entries.at(-1);
  if (last === undefined) return '';
  const floors = toFloorPoints(entries.filter(({ kind }) => kind === 'floor'));
  const size = (mb: number) => formatBytes(mbToBytes(mb));
  const [minor, major] = last.gc;
  const floor = floors.at(-1);
  const rows: (readonly [string, string])[] = [
    [
      'Memory',
      `heap ${size(last.usedMb)} of ${size(last.limitMb)}, external ${size(last.externalMb)}, RSS ${size(last.rssMb)}`,
    ],
    [
      'GC',
      `${formatCount(minor)} minor, ${formatCount(major)} major, ${pausedShare(entries)} of the time`,
    ],
    ...(floor === undefined
      ? []
      : [
          [
            'Floor',
            `${formatBytes(floor.heap)} ${blocks(
              floors.map(({ heap }) => heap),
              width - 30,
            )}`,
          ] as const,
        ]),
    ...listFigures(analysis)
      .filter(({ label }) => FIGURES.includes(label))
      .map(({ label, text }) => [label, text] as const),
  ];
  return rows
    .flatMap(([label, text]) =>
      wrap(printable(text), width - 12).map(
        (line, index) => `${colors.dim((index === 0 ? label : '').padEnd(12))}${line}`,
      ),
    )
    .join('\n');
}

function pausedShare(entries: readonly TimelineEntry[]): string {
  const first = entries[0]?.timestamp ?? 0;
  const last = entries.at(-1);
  const ms = (last?.timestamp ?? 0) - first;
  return ms > 0 ? `${((100 * (last?.gcPauseMs ?? 0)) / ms).toFixed(1)} %` : '0 %';
}

/** The latest values as a curve of block characters, from the smallest to the largest. */
export function blocks(values: readonly number[], width: number): string {
  const shown = values.slice(-Math.max(1, width));
  const least = Math.min(...shown);
  const span = Math.max(...shown) - least;
  const levels = BARS.length - 1;
  return shown
    .map((value) => BARS[span > 0 ? Math.round((levels * (value - least)) / span) : 0])
    .join('');
}

const COLUMNS: readonly Column[] = [
  { title: 'Endpoint', isElastic: true },
  { title: 'Verdict' },
  { title: 'Req/s', align: 'right' },
  { title: 'Requests', align: 'right' },
  { title: 'Growth (95 %)', align: 'right' },
  { title: 'Share', align: 'right' },
];

function endpointRows(
  { analysis: { endpoints }, rates }: TopView,
  { layout, rows }: { readonly layout: Layout; readonly rows: number },
): string {
  const shown = endpoints.slice(0, rows);
  if (shown.length === 0) return '';
  const { colors } = layout;
  return drawTable({
    ...layout,
    columns: COLUMNS,
    rows: shown.map((one) => [
      one.endpoint,
      VERDICT_WORDS[one.verdict],
      (rates.get(one.endpoint) ?? 0).toFixed(1),
      formatCount(one.requestCount),
      growthOf(one),
      one.share === undefined ? '' : formatShare(one.share),
    ]),
    paint: (text, row, column) => {
      const verdict = shown[row]?.verdict;
      return column === 1 && verdict !== undefined ? verdictColor(verdict, colors)(text) : text;
    },
  });
}

/** The look in one line, for a pipe. */
export function drawLine({ analysis, entries, rates }: TopView): string {
  const last = entries.at(-1);
  if (last === undefined) return '';
  const floor = toFloorPoints(entries.filter(({ kind }) => kind === 'floor')).at(-1);
  const size = (mb: number) => formatBytes(mbToBytes(mb));
  const perSecond = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
  const parts = [
    formatUtc(last.timestamp),
    VERDICT_WORDS[analysis.verdict],
    `${last.requests} requests`,
    `${perSecond.toFixed(1)}/s`,
    `heap ${size(last.usedMb)}`,
    `floor ${floor === undefined ? 'unknown' : formatBytes(floor.heap)}`,
    `external ${size(last.externalMb)}`,
    `RSS ${size(last.rssMb)}`,
  ];
  return parts.join('  ');
}
