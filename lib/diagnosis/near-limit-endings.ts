import type { RunEnding } from '../core/analysis-result.js';
import type { LastCapture } from '../core/last-capture.js';
import type { TimelineEntry } from '../core/timeline.js';

/**
 * How runs ended, with the captures that they left near their heap limit. A run that recovered removes its capture, so
 * a process that is gone and left one died of its heap. A worker thread dies in a process that lives on: one that wrote
 * nothing after its capture is taken for dead.
 */
export function nearLimitEndings(
  endings: ReadonlyMap<string, RunEnding>,
  captures: readonly LastCapture[],
  timeline: readonly TimelineEntry[],
): ReadonlyMap<string, RunEnding> {
  const refined = new Map(endings);
  for (const { run, process, timestamp } of captures) {
    const ending = endings.get(run);
    const isSilent = !timeline.some((entry) => entry.run === run && entry.timestamp > timestamp);
    const isDead = ending !== 'running' || (process.thread !== 0 && isSilent);
    if (ending !== 'clean' && isDead) refined.set(run, 'near_heap_limit');
  }
  return refined;
}
