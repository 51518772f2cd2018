import type { EndpointAnalysis, RunSummary } from '../core/analysis-result.js';
import { formatUtc } from '../core/time-in-words.js';
import { gravestChannel } from './gravity.js';
import { describeLive } from './near-limit.js';
import type { JudgedRun } from './run/judged-runs.js';

/** Floors that a trend needs. */
const MIN_FLOORS = 7;

/** Fewer floors decide less surely: recorded series are decided best with 24 and more. */
const FEW_FLOORS = 24;

/** Runs that came near their heap limit of which a sentence is made; a service that dies again and again has many. */
const MAX_DEATHS = 3;

/** What limits the analysis of a run, in full sentences without the full stop. */
export function collectWarnings(subject: {
  readonly shown: JudgedRun;
  /** All runs, the shown one included. */
  readonly runs: readonly JudgedRun[];
  /** The same runs in short, the shown one first. */
  readonly summaries: readonly RunSummary[];
  readonly endpoints: readonly EndpointAnalysis[];
  readonly skippedRecords: number;
}): readonly string[] {
  return [
    ...evidenceWarnings(subject.shown),
    ...endingWarnings(subject.shown, subject.summaries[0]),
    ...openRequestWarnings(subject.shown),
    ...nearLimitWarnings(subject.summaries),
    ...otherRuns(subject.shown, subject.runs),
    ...inseparable(subject.endpoints),
    ...skipped(subject.skippedRecords),
  ];
}

function evidenceWarnings({ history, trends }: JudgedRun): readonly string[] {
  const { points } = trends[gravestChannel(trends)];
  const warnings: string[] = [];
  if (points < MIN_FLOORS) {
    warnings.push(`Only ${points} major-GC floors: a verdict needs at least ${MIN_FLOORS}`);
  }
  if (history.requests === 0) return warnings;
  if (history.source === 'records') {
    warnings.push(
      'There is no timeline with floors of this run: they come from its request records, code is not subtracted, and native memory is not judged',
    );
    return warnings;
  }
  const floors = history.floors.length;
  if (!history.isProbed && floors > 0 && floors < FEW_FLOORS) {
    warnings.push(`All ${floors} floors come from natural GCs: with probes there are more of them`);
  }
  if (history.process?.sampleIntervalBytes === 0) {
    warnings.push('The allocation sampler did not run: growing functions are not known');
  }
  if (history.process?.backend === 'fallback') {
    warnings.push(
      "The run used the JavaScript fallback: its readings are coarser than the addon's",
    );
  }
  return warnings;
}

function endingWarnings({ history }: JudgedRun, run: RunSummary | undefined): readonly string[] {
  if (history.source === 'records' || run?.ended !== 'killed') return [];
  return [`Run ${history.run} did not end cleanly: its process is gone`];
}

function openRequestWarnings({ history }: JudgedRun): readonly string[] {
  const { openRequests } = history;
  if (openRequests === 0) return [];
  const what = openRequests === 1 ? 'request has' : 'requests have';
  return [`${openRequests} ${what} not finished: what an open request holds is not freed`];
}

function nearLimitWarnings(runs: readonly RunSummary[]): readonly string[] {
  const sentences = runs.flatMap(({ run, thread, ended, lastCapture }) => {
    if (lastCapture === undefined) return [];
    const who = thread === 0 ? `Run ${run}` : `Run ${run}, worker thread ${thread},`;
    const what = ended === 'near_heap_limit' ? 'died near' : 'came near';
    const when = formatUtc(lastCapture.timestamp);
    return [`${who} ${what} its heap limit at ${when}: ${describeLive(lastCapture)}`];
  });
  const more = sentences.length - MAX_DEATHS;
  const rest = more > 0 ? [`${more} more runs came near their heap limit`] : [];
  return [...sentences.slice(0, MAX_DEATHS), ...rest];
}

function otherRuns(shown: JudgedRun, runs: readonly JudgedRun[]): readonly string[] {
  if (runs.length < 2) return [];
  const latest = runs.reduce((a, b) => (b.history.started > a.history.started ? b : a));
  const which = `Run ${shown.history.run} of ${runs.length} is shown: its verdict is the gravest`;
  if (latest === shown) return [`${which}, and it is the latest`];
  return [`${which}; the latest run, ${latest.history.run}, is ${latest.verdict}`];
}

function inseparable(endpoints: readonly EndpointAnalysis[]): readonly string[] {
  const groups = endpoints.flatMap(({ endpoint, indistinguishableFrom = [] }) =>
    indistinguishableFrom.length === 0
      ? []
      : [[endpoint, ...indistinguishableFrom].sort().join(', ')],
  );
  return [...new Set(groups)].map(
    (names) =>
      `These endpoints cannot be told apart, their requests rise and fall together: ${names}`,
  );
}

function skipped(count: number): readonly string[] {
  if (count === 0) return [];
  return [`${count} stored ${count === 1 ? 'record was' : 'records were'} not usable and left out`];
}
