import type { RunEnding } from '../core/analysis-result.js';
import type { TimelineEntry } from '../core/timeline.js';
import { processExists } from './holder.js';
import type { JournalState } from './journal-claim.js';

/**
 * Longest silence of a run that counts as running by its process id, in ms. An idle service writes nothing, and ids are
 * used again: after this time the id proves nothing.
 */
const LONGEST_SILENCE_MS = 10 * 60_000;

interface RunTrace {
  pid: number | undefined;
  thread: number;
  last: number;
  isStopped: boolean;
  hasJournal: boolean;
}

/** What is known of runs beside their timeline. */
export interface RunSigns {
  /** The state of each run that has a journal. */
  readonly journals?: ReadonlyMap<string, JournalState>;
  /** Ms since the epoch. */
  readonly now?: number;
}

/**
 * How each run of a timeline ended: `clean` with a `stop` entry, else as its journal says, which is locked while the run
 * lives and removed when it was recovered. Of a run without one, or whose lock cannot be seen, the process id has to
 * tell: `running` while its process lives and it wrote lately. A later run of the same process id and thread proves
 * then that the earlier one is over.
 */
export function runEndings(
  entries: Iterable<TimelineEntry>,
  { journals = new Map(), now = Date.now() }: RunSigns = {},
): ReadonlyMap<string, RunEnding> {
  const traces = tracesOf(entries);
  // The latest run by process and thread.
  const latest = new Map<string, RunTrace>();
  for (const trace of traces.values()) {
    const key = `${trace.pid}-${trace.thread}`;
    const other = latest.get(key);
    if (other === undefined || trace.last > other.last) latest.set(key, trace);
  }
  const endings = new Map<string, RunEnding>();
  for (const [run, trace] of traces) {
    const isLatest = latest.get(`${trace.pid}-${trace.thread}`) === trace;
    const runs = runsByJournal(trace, journals.get(run)) ?? (isLatest && seemsToRun(trace, now));
    endings.set(run, trace.isStopped ? 'clean' : runs ? 'running' : 'killed');
  }
  return endings;
}

function runsByJournal(
  { hasJournal }: RunTrace,
  state: JournalState | undefined,
): boolean | undefined {
  if (state === 'unseen' || (state === undefined && !hasJournal)) return undefined;
  return state === 'alive';
}

function tracesOf(entries: Iterable<TimelineEntry>): Map<string, RunTrace> {
  const traces = new Map<string, RunTrace>();
  for (const entry of entries) {
    let trace = traces.get(entry.run);
    if (trace === undefined) {
      trace = { pid: undefined, thread: 0, last: 0, isStopped: false, hasJournal: false };
      traces.set(entry.run, trace);
    }
    trace.last = Math.max(trace.last, entry.timestamp);
    trace.isStopped ||= entry.kind === 'stop';
    trace.hasJournal ||= entry.journaled === true;
    trace.pid ??= entry.process?.pid;
    trace.thread = entry.process?.thread ?? trace.thread;
  }
  return traces;
}

function seemsToRun({ pid, last }: RunTrace, now: number): boolean {
  return now - last <= LONGEST_SILENCE_MS && pid !== undefined && processExists(pid);
}
