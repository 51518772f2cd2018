import type { Verdict } from '../core/analysis-result.js';
import type { StackFrame } from '../core/profile.js';

/** What a person reads for each verdict. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  leak: 'leak',
  growing: 'growing',
  suspected: 'suspected',
  load_confounded: 'load',
  step: 'step',
  plateau: 'plateau',
  stable: 'stable',
  insufficient: 'unknown',
};

/** Text from outside on one line: control characters could move the cursor or recolor the terminal. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

/** Cuts the middle out of a text that is longer than `width`: both ends of a name or path tell more. */
export function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  if (width < 3) return text.slice(0, Math.max(0, width));
  const end = Math.ceil((width - 1) / 2);
  return `${text.slice(0, width - 1 - end)}…${text.slice(-end)}`;
}

/** Breaks a text at spaces into lines of at most `width`; longer words are shortened. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').map((each) => shorten(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

/** A whole number with separators: `86,006`. (`toLocaleString` takes 15 ms to load its tables.) */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** A share of 1 in percent: `95 %`, `< 1 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  return `${Math.round(share * 100)} %`;
}

/** The last two parts of a path or URL, which tell the file. */
export function shortPath(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}

/** Where a function starts, short enough for a table. */
export function placeOf({ file, line, column }: StackFrame): string {
  return file === '' ? 'built in' : `${shortPath(file)}:${line}:${column}`;
}

/** A frame of a stack, as `formatFrame` writes it, with its path as {@link shortPath} gives it. */
export function shortFrame(frame: string): string {
  return frame.replace(/\(([^()]*)\)$/, (_, place: string) => `(${shortPath(place)})`);
}

/** The widest that a report gets: longer lines are hard to read. */
const MAX_WIDTH = 100;

/** The narrowest that a report is laid out for. */
const MIN_WIDTH = 80;

/** The width that a report takes on a terminal of so many columns. */
export function clampWidth(columns: number): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns));
}
