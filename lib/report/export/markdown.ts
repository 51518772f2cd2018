import { formatBytes, formatLive } from '../../analysis/units-in-words.js';
import type { Analysis, EndpointAnalysis, GrowingSite } from '../../core/analysis-result.js';
import { mbToBytes } from '../../core/units.js';
import { growthOf, listFigures } from '../figures.js';
import { type LiveMemory, totalOf } from '../live-memory.js';
import {
  formatCount,
  formatShare,
  placeOf,
  printable,
  shortFrame,
  VERDICT_WORDS,
} from '../wording.js';

/** Rows of each list: the text is made to be pasted. */
const MAX_ROWS = 5;

/** Callers of each function. */
const MAX_CALLERS = 3;

/** The analysis as short Markdown, for an issue or an assistant. `memory` is the live memory by stack, if there is any. */
export function toMarkdown(analysis: Analysis, memory: LiveMemory | undefined): string {
  const { verdict, summary, endpoints, growingSites, warnings } = analysis;
  const sections = [
    `## heaptide: ${VERDICT_WORDS[verdict]}\n\n**${plain(summary)}**`,
    listFigures(analysis)
      .map(({ label, text }) => `- ${label}: ${plain(text)}`)
      .join('\n'),
    endpointRows(endpoints, analysis.unattributedShare),
    list('Growing functions (estimated)', growingSites.map(describeSite)),
    memory === undefined ? '' : describeMemory(memory),
    list('Caveats', warnings.map(plain)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function endpointRows(endpoints: readonly EndpointAnalysis[], unattributedShare: number): string {
  if (endpoints.length === 0) return '';
  const rows = endpoints.slice(0, MAX_ROWS).map((endpoint) => {
    const share = endpoint.share === undefined ? '' : formatShare(endpoint.share);
    const { requestCount, verdict } = endpoint;
    return [code(endpoint.endpoint), verdict, formatCount(requestCount), growthOf(endpoint), share];
  });
  const more = endpoints.length - rows.length;
  const note = more > 0 ? `\n\n${more} more endpoint${more === 1 ? '' : 's'}.` : '';
  const table = [
    ['Endpoint', 'Verdict', 'Requests', 'Growth (95 %)', 'Share'],
    ['---', '---', '---:', '---:', '---:'],
    ...rows,
    ['(unattributed)', '', '', '', formatShare(unattributedShare)],
  ];
  return `${table.map(tableRow).join('\n')}${note}`;
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const shown = items.slice(0, MAX_ROWS).map((item) => `- ${item}`);
  return `### ${title}\n\n${shown.join('\n')}`;
}

function describeSite(site: GrowingSite): string {
  const size = (mb: number) => formatBytes(mbToBytes(mb));
  const growth = `+${size(site.growthMb)}, live ${formatLive(site)}`;
  const buffers = site.channel === 'external' ? ' (Buffers: the sizes are of their wrappers)' : '';
  const callers = site.stack
    .slice(0, MAX_CALLERS)
    .map((frame) => `\n  - from ${code(shortFrame(frame))}`);
  return `${code(site.function)} at ${code(placeOf(site))}: ${growth}${buffers}${callers.join('')}`;
}

function describeMemory(memory: LiveMemory): string {
  const { bytes, count } = totalOf(memory);
  return `Live in ${formatCount(memory.stacks.length)} sampled stacks: ${formatCount(bytes)} bytes in ${formatCount(count)} objects (estimated).`;
}

/** A bar in a name must not end the cell, not even within code. */
function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** A name as code, which a backtick in it must not end. */
function code(text: string): string {
  return `\`${printable(text).replaceAll('`', "'")}\``;
}

/** A sentence with names from outside: nothing in it is markup. */
function plain(text: string): string {
  return printable(text).replaceAll(/[\\`*_{}[\]<>#|~]/g, '\\$&');
}
