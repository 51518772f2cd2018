import type { RunOverhead } from '../../core/analysis-result.js';
import type { TimelineEntry } from '../../core/timeline.js';

/** What heaptide cost a run until the last entry that tells it; `undefined` when none does. */
export function runOverhead(entries: readonly TimelineEntry[]): RunOverhead | undefined {
  const [first] = entries;
  const last = entries.findLast(({ overhead }) => overhead !== undefined);
  if (first === undefined || last?.overhead === undefined) return undefined;
  return {
    ...last.overhead,
    // A clock that was set back gives no negative time.
    elapsedMs: Math.max(0, last.timestamp - first.timestamp),
    probes: entries.filter(({ probed }) => probed === true).length,
  };
}
