import type { RunEnding } from '../core/analysis-result.js';
import type { TimelineEntry } from '../core/timeline.js';

/**
 * Longest silence of a run that counts as running, in ms. An idle service writes nothing, and process ids are used
 * again: after this time the id proves nothing.
 */
const LONGEST_SILENCE_MS = 10 * 60_000;

interface RunTrace {
  pid: number | undefined;
  thread: number;
  last: number;
  isStopped: boolean;
}

/**
 * How each run of a timeline ended: `clean` with a `stop` entry, `running` while its process lives and it wrote lately,
 * else `killed`. A later run of the same process id and thread proves that the earlier one is over.
 */
export function runEndings(
  entries: Iterable<TimelineEntry>,
  now: number = Date.now(),
): ReadonlyMap<string, RunEnding> {
  const traces = tracesOf(entries);
  // The latest run by process and thread: the only one that can still run.
  const latest = new Map<string, RunTrace>();
  for (const trace of traces.values()) {
    const key = `${trace.pid}-${trace.thread}`;
    const other = latest.get(key);
    if (other === undefined || trace.last > other.last) latest.set(key, trace);
  }
  const endings = new Map<string, RunEnding>();
  for (const [run, trace] of traces) {
    const mayRun = latest.get(`${trace.pid}-${trace.thread}`) === trace;
    endings.set(run, mayRun ? ending(trace, now) : trace.isStopped ? 'clean' : 'killed');
  }
  return endings;
}

function tracesOf(entries: Iterable<TimelineEntry>): Map<string, RunTrace> {
  const traces = new Map<string, RunTrace>();
  for (const entry of entries) {
    let trace = traces.get(entry.run);
    if (trace === undefined) {
      trace = { pid: undefined, thread: 0, last: 0, isStopped: false };
      traces.set(entry.run, trace);
    }
    trace.last = Math.max(trace.last, entry.timestamp);
    trace.isStopped ||= entry.kind === 'stop';
    trace.pid ??= entry.process?.pid;
    trace.thread = entry.process?.thread ?? trace.thread;
  }
  return traces;
}

function ending(trace: RunTrace, now: number): RunEnding {
  if (trace.isStopped) return 'clean';
  const isRecent = now - trace.last <= LONGEST_SILENCE_MS;
  return isRecent && trace.pid !== undefined && isAlive(trace.pid) ? 'running' : 'killed';
}

function isAlive(pid: number): boolean {
  try {
    // Signal 0 tests for existence.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
