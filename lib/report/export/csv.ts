import { formatFrame } from '../../core/stack-frame.js';
import type { LiveMemory } from '../live-memory.js';

const HEADER = [
  'live_bytes',
  'live_count',
  'function',
  'file',
  'line',
  'column',
  'endpoint',
  'stack',
];

/** Live memory as CSV (RFC 4180, UTF-8), one row per stack. `stack` holds the callers, innermost first. */
export function toCsv({ stacks }: LiveMemory): string {
  const rows = stacks.map(({ frames, liveBytes, liveCount, endpoint = '' }) => {
    const [site, ...callers] = frames;
    return [
      String(liveBytes),
      String(liveCount),
      cell(site?.function ?? ''),
      cell(site?.file ?? ''),
      String(site?.line ?? 0),
      String(site?.column ?? 0),
      cell(endpoint),
      cell(callers.map(formatFrame).join(' < ')),
    ];
  });
  return [HEADER, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** A text in quotes. A spreadsheet runs what begins like a formula, so such a text gets an apostrophe in front. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
