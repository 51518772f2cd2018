import type { Channel, Trend, Verdict } from '../../core/analysis-result.js';
import type { LastCapture } from '../../core/last-capture.js';
import type { TimelineEntry } from '../../core/timeline.js';
import { compareGravity, runVerdict } from '../gravity.js';
import type { EndpointRecords } from '../profiles/run-records.js';
import { analyzeTrends } from '../trend/analyze-trends.js';
import { historyFromRecords, withRecorded } from './record-history.js';
import { type RunHistory, readRuns } from './run-history.js';

/** A run with its trends. */
export interface JudgedRun {
  readonly history: RunHistory;
  readonly trends: Readonly<Record<Channel, Trend>>;
  readonly verdict: Verdict;
}

/**
 * Every run that the timeline, a record or a last capture mentions, the gravest verdict first, then the latest. Runs are
 * judged one by one and never mixed: a restart begins with another heap.
 */
export function judgeRuns(
  timeline: readonly TimelineEntry[],
  records: readonly EndpointRecords[],
  lastCaptures: readonly LastCapture[] = [],
): readonly JudgedRun[] {
  const histories = new Map(
    readRuns(timeline).map((history) => [history.run, withRecorded(history, records)]),
  );
  for (const run of new Set(records.flatMap(({ runs }) => [...runs.keys()]))) {
    const known = histories.get(run);
    if (known !== undefined && known.floors.length > 0) continue;
    const told = historyFromRecords(run, records);
    // A timeline without a floor says less of memory than the floors that the records carry.
    const { floors, source } = told;
    histories.set(run, known === undefined ? told : { ...known, floors, source });
  }
  for (const { run, process, started } of lastCaptures) {
    if (histories.has(run)) continue;
    // It died before it wrote anything else.
    histories.set(run, { ...historyFromRecords(run, []), process, started });
  }
  return [...histories.values()].map(judgeRun).sort(byGravity);
}

/** Computes the trends of one run. */
export function judgeRun(history: RunHistory): JudgedRun {
  const { floors, limitBytes, requests } = history;
  const all = analyzeTrends(floors, { requests, ...(limitBytes > 0 ? { limitBytes } : {}) });
  // Records do not hold the committed heap, without which native memory is not known.
  const trends = history.source === 'timeline' ? all : { ...all, native: analyzeTrends([]).native };
  return { history, trends, verdict: runVerdict(trends) };
}

function byGravity(a: JudgedRun, b: JudgedRun): number {
  return compareGravity(a.verdict, b.verdict) || b.history.started - a.history.started;
}
