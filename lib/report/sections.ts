import { formatBytes, formatLive } from '../analysis/units-in-words.js';
import type { Analysis, GrowingSite } from '../core/analysis-result.js';
import { mbToBytes } from '../core/units.js';
import { growthOf } from './figures.js';
import { type Layout, verdictColor } from './layout.js';
import { type Column, drawTable } from './table.js';
import { formatCount, formatShare, placeOf, VERDICT_WORDS } from './wording.js';

/** Where a section with a limited number of rows is drawn. */
export interface RowLayout extends Layout {
  readonly rows: number;
}

/** Endpoints in a table, at most; the rest is counted. */
const MAX_ENDPOINTS = 30;

const ENDPOINT_COLUMNS: readonly Column[] = [
  { title: 'Endpoint', isElastic: true },
  { title: 'Verdict' },
  { title: 'Requests', align: 'right' },
  { title: 'Growth (95 % interval)', align: 'right' },
];

const SHARE_COLUMN: Column = { title: 'Share', align: 'right' };

/** The endpoints, the gravest first, with the share that nobody accounts for. Empty for a single one. */
export function endpointTable(analysis: Analysis, { width, colors }: Layout): string {
  const { endpoints } = analysis;
  if (endpoints.length < 2) return '';
  const shown = endpoints.slice(0, MAX_ENDPOINTS);
  const hasShares = endpoints.some(({ share }) => share !== undefined);
  const rows = shown.map((endpoint) => [
    endpoint.endpoint,
    VERDICT_WORDS[endpoint.verdict],
    formatCount(endpoint.requestCount),
    growthOf(endpoint),
    ...(hasShares ? [endpoint.share === undefined ? '' : formatShare(endpoint.share)] : []),
  ]);
  if (hasShares) {
    rows.push(['(unattributed)', '', '', '', formatShare(analysis.unattributedShare)]);
  }
  const table = drawTable({
    columns: hasShares ? [...ENDPOINT_COLUMNS, SHARE_COLUMN] : ENDPOINT_COLUMNS,
    rows,
    width,
    colors,
    paint: (text, row, column) => {
      const verdict = shown[row]?.verdict;
      return column === 1 && verdict !== undefined ? verdictColor(verdict, colors)(text) : text;
    },
  });
  const more = endpoints.length - shown.length;
  return [colors.bold('Endpoints'), table, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

const GROWTH_COLUMNS: readonly Column[] = [
  { title: 'Function', isElastic: true },
  { title: 'Starts at', isElastic: true },
  { title: 'Growth', align: 'right' },
  { title: 'Live', align: 'right' },
  { title: 'Endpoint', isElastic: true },
];

/** Functions whose live memory grows, and the endpoint whose frame is in most of their stacks. */
export function growthTable(analysis: Analysis, { width, colors, rows }: RowLayout): string {
  const sites = analysis.growingSites.slice(0, rows);
  if (sites.length === 0) return '';
  const table = drawTable({
    columns: GROWTH_COLUMNS,
    rows: sites.map((site) => [
      site.channel === 'external' ? `${site.function} (Buffer)` : site.function,
      placeOf(site),
      `+${formatBytes(mbToBytes(site.growthMb))}`,
      formatLive(site),
      mainEndpoint(site),
    ]),
    width,
    colors,
  });
  const hasBuffers = sites.some(({ channel }) => channel === 'external');
  const note = `(estimated, 95 % intervals${hasBuffers ? '; of Buffers, their wrappers' : ''})`;
  return `${colors.bold('Growing functions')} ${colors.dim(note)}\n${table}`;
}

function mainEndpoint({ endpoints }: GrowingSite): string {
  const [first, ...others] = Object.entries(endpoints).sort((a, b) => b[1] - a[1]);
  if (first === undefined) return '';
  const more = others.length > 0 ? `, ${others.length} more` : '';
  return `${first[0]} ${formatShare(first[1])}${more}`;
}

const CONSUMER_COLUMNS: readonly Column[] = [
  { title: 'Function', isElastic: true },
  { title: 'Starts at', isElastic: true },
  { title: 'Live', align: 'right' },
  { title: 'Mean', align: 'right' },
  { title: 'Largest', align: 'right' },
  { title: 'Share', align: 'right' },
];

/** Functions with the most live memory at the latest detailed capture. They are the process's, whatever the endpoint. */
export function consumerTable(analysis: Analysis, { width, colors, rows }: RowLayout): string {
  const source = analysis.endpoints.find(({ topConsumers }) => topConsumers.length > 0);
  const consumers = source?.topConsumers.slice(0, rows) ?? [];
  if (consumers.length === 0) return '';
  const size = (mb: number) => formatBytes(mbToBytes(mb));
  const table = drawTable({
    columns: CONSUMER_COLUMNS,
    rows: consumers.map((consumer) => [
      consumer.function,
      placeOf(consumer),
      formatLive(consumer),
      size(consumer.meanMb),
      size(consumer.maxMb),
      formatShare(consumer.share),
    ]),
    width,
    colors,
  });
  const note = colors.dim('(estimated, garbage included, 95 % intervals)');
  return `${colors.bold('Largest functions, latest capture')} ${note}\n${table}`;
}
