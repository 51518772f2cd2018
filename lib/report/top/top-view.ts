import { analyzeEvidence, type Evidence } from '../../analysis/analyze-evidence.js';
import type { Analysis } from '../../core/analysis-result.js';
import type { TimelineEntry } from '../../core/timeline.js';

/** Time over which rates are taken, in ms. */
const RATE_SPAN_MS = 10_000;

/** What a look at a running service shows. */
export interface TopView {
  readonly analysis: Analysis;
  /** Entries of the shown run. */
  readonly entries: readonly TimelineEntry[];
  /** Requests per second over the last seconds, by endpoint. */
  readonly rates: ReadonlyMap<string, number>;
}

/**
 * Looks at one run of a service: the one of a process, if its id is given, else the one that wrote last. `undefined`
 * when there is none.
 */
export function lookAt(
  evidence: Omit<Evidence, 'records' | 'problems'>,
  pid?: number,
): TopView | undefined {
  const { timeline } = evidence;
  const runs = new Set(
    timeline.flatMap(({ run, process: owner }) =>
      owner !== undefined && owner.pid === pid ? run : [],
    ),
  );
  const candidates = pid === undefined ? timeline : timeline.filter(({ run }) => runs.has(run));
  const [first, ...others] = candidates;
  if (first === undefined) return undefined;
  const latest = others.reduce((a, b) => (b.timestamp >= a.timestamp ? b : a), first);
  const entries = timeline.filter(({ run }) => run === latest.run);
  const analysis = analyzeEvidence({ ...evidence, timeline: entries, records: [], problems: [] });
  return { analysis, entries, rates: ratesOf(entries) };
}

function ratesOf(entries: readonly TimelineEntry[]): ReadonlyMap<string, number> {
  const end = entries.at(-1)?.timestamp ?? 0;
  const from = entries.findLastIndex(({ timestamp }) => timestamp <= end - RATE_SPAN_MS);
  // What an entry counts was finished after the one before it.
  const start = Math.max(0, from);
  const seconds = (end - (entries[start]?.timestamp ?? end)) / 1000;
  const counts = new Map<string, number>();
  if (!(seconds > 0)) return counts;
  for (const { finished } of entries.slice(start + 1)) {
    for (const [endpoint, count] of Object.entries(finished)) {
      counts.set(endpoint, (counts.get(endpoint) ?? 0) + count / seconds);
    }
  }
  return counts;
}
