import type {
  Analysis,
  Channel,
  RunEnding,
  RunSummary,
  Trend,
  Verdict,
} from '../core/analysis-result.js';
import type { LastCapture } from '../core/last-capture.js';
import type { StackEntry, TimelineEntry } from '../core/timeline.js';
import { analyzeRun } from './analyze-run.js';
import { gravestChannel } from './gravity.js';
import { describeLive } from './near-limit.js';
import type { EndpointRecords } from './profiles/run-records.js';
import { judgeRun, judgeRuns } from './run/judged-runs.js';
import { historyFromRecords } from './run/record-history.js';
import type { RunHistory } from './run/run-history.js';
import type { EndpointHandler } from './sites/endpoint-frames.js';
import { summarize } from './summary.js';
import { collectWarnings } from './warnings.js';

/** Everything that was read of a profiled service. Any part may be empty. */
export interface Evidence {
  readonly timeline: readonly TimelineEntry[];
  readonly stacks: readonly StackEntry[];
  readonly handlers: readonly EndpointHandler[];
  readonly records: readonly EndpointRecords[];
  /** What runs left when their heap ran out. */
  readonly lastCaptures: readonly LastCapture[];
  /** Entries beside the request records that could not be read. */
  readonly skippedEntries: number;
  /** What else was wrong with the input, in sentences. */
  readonly problems: readonly string[];
  /** How the runs of the timeline ended. */
  readonly endings: ReadonlyMap<string, RunEnding>;
}

/** Level of the interval behind a trend's `belowBytesPerRequest`. */
const INTERVAL_LEVEL = 0.95;

/** Judges every run and describes the one with the gravest verdict; among several, the latest. */
export function analyzeEvidence(evidence: Evidence): Analysis {
  const captures = new Map(evidence.lastCaptures.map((capture) => [capture.run, capture]));
  const runs = judgeRuns(evidence.timeline, evidence.records, evidence.lastCaptures);
  const [shown = judgeRun(historyFromRecords('', [])), ...others] = runs;
  const findings = analyzeRun({
    ...shown,
    stacks: evidence.stacks.filter(({ run }) => run === shown.history.run),
    handlers: evidence.handlers,
    records: evidence.records,
  });
  const latestFirst = others.sort((a, b) => b.history.started - a.history.started);
  const summaries = [...runs.slice(0, 1), ...latestFirst].map(({ history }) =>
    toSummary(history, evidence.endings.get(history.run), captures.get(history.run)),
  );
  return {
    schema: 'heaptide.analysis/1',
    verdict: findings.verdict,
    confidence: confidenceIn(findings.verdict, findings.trends),
    summary: summarize(findings) + describeEnd(summaries[0], findings.verdict),
    runs: summaries,
    trends: findings.trends,
    endpoints: findings.endpoints,
    unattributedShare: findings.unattributedShare,
    growingSites: findings.sites,
    warnings: [
      ...collectWarnings({
        shown,
        runs,
        summaries,
        endpoints: findings.endpoints,
        skippedRecords: evidence.records.reduce(
          (sum, { skipped }) => sum + skipped,
          evidence.skippedEntries,
        ),
      }),
      ...evidence.problems,
    ],
  };
}

/** A run that only its records tell of shows no sign of a bad end. */
function toSummary(
  history: RunHistory,
  ended: RunEnding = 'clean',
  lastCapture?: LastCapture,
): RunSummary {
  return {
    run: history.run,
    pid: history.process?.pid ?? 0,
    thread: history.process?.thread ?? 0,
    started: history.started,
    requests: history.requests,
    openRequests: history.openRequests,
    ended,
    ...(history.overhead !== undefined && { overhead: history.overhead }),
    ...(lastCapture !== undefined && { lastCapture }),
  };
}

/** A leak that is fast enough to kill the process leaves too few floors for a verdict: then its death tells more. */
function describeEnd(run: RunSummary | undefined, verdict: Verdict): string {
  if (verdict !== 'insufficient' || run?.lastCapture === undefined) return '';
  const what = run.ended === 'near_heap_limit' ? 'died near' : 'came near';
  return `; the run ${what} its heap limit with ${describeLive(run.lastCapture)}`;
}

/** How sure a verdict is, on a run with these trends. */
export function confidenceIn(verdict: Verdict, trends: Readonly<Record<Channel, Trend>>): number {
  if (verdict === 'insufficient') return 0;
  return verdict === 'stable' ? INTERVAL_LEVEL : trends[gravestChannel(trends)].growthConfidence;
}
