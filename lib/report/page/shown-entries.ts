import { groupBy } from '../../core/group-by.js';
import type { TimelineEntry } from '../../core/timeline.js';

/** Points of a chart, at most: more than a screen has pixels, and a few hundred KB. */
const MAX_POINTS = 3000;

/** What a chart shows of a timeline. */
export interface ShownEntries {
  /** In the order of time, runs one after another. */
  readonly entries: readonly TimelineEntry[];
  /** Runs left out because they ran beside the one that the report is about. */
  readonly parallelRuns: number;
  /** Entries left out to keep the page small. */
  readonly thinned: number;
}

/**
 * The entries of the run that a report is about, and of the runs before and after it. Where there are too many, floors
 * are kept before others, and of the others those that show the peaks.
 */
export function showEntries(timeline: readonly TimelineEntry[], run: string): ShownEntries {
  const { runs, parallelRuns } = lineage(timeline, run);
  const all = runs.flat();
  const entries = thin(all, MAX_POINTS);
  return { entries, parallelRuns, thinned: all.length - entries.length };
}

/** Runs that follow each other in time, the given one among them. */
function lineage(
  timeline: readonly TimelineEntry[],
  run: string,
): { readonly runs: readonly TimelineEntry[][]; readonly parallelRuns: number } {
  const byRun = groupBy(timeline, (entry) => entry.run);
  for (const entries of byRun.values()) entries.sort((a, b) => a.timestamp - b.timestamp);
  const chosen = [byRun.get(run) ?? []].filter(({ length }) => length > 0);
  const others = [...byRun].filter(([name]) => name !== run).map(([, entries]) => entries);
  for (const entries of others) {
    if (chosen.every((other) => !overlap(entries, other))) chosen.push(entries);
  }
  return {
    runs: chosen.sort((a, b) => startOf(a) - startOf(b)),
    parallelRuns: byRun.size - chosen.length,
  };
}

function overlap(a: readonly TimelineEntry[], b: readonly TimelineEntry[]): boolean {
  return startOf(a) <= endOf(b) && startOf(b) <= endOf(a);
}

function startOf(entries: readonly TimelineEntry[]): number {
  return entries[0]?.timestamp ?? 0;
}

function endOf(entries: readonly TimelineEntry[]): number {
  return entries.at(-1)?.timestamp ?? 0;
}

function thin(entries: readonly TimelineEntry[], most: number): readonly TimelineEntry[] {
  if (entries.length <= most) return entries;
  const size = Math.ceil((2 * entries.length) / most);
  const kept: TimelineEntry[] = [];
  for (let start = 0; start < entries.length; start += size) {
    const bucket = entries.slice(start, start + size);
    const floor = bucket.find(({ kind }) => kind === 'floor') ?? bucket[0];
    const peak = bucket.reduce((a, b) => (b.usedMb > a.usedMb ? b : a));
    kept.push(...bucket.filter((entry) => entry === floor || entry === peak));
  }
  return kept;
}
