import type { Evidence } from '../analysis/analyze-evidence.js';
import { readLastCaptures } from '../storage/last-capture.js';
import { readStacks, readTimeline } from '../storage/load.js';
import { runEndings } from '../storage/run-endings.js';
import { nearLimitEndings } from './near-limit-endings.js';

/** Reads what a directory holds beside the profiles: the timeline with its stacks, and how its runs ended. */
export async function readSurroundings(
  directory: string,
): Promise<Omit<Evidence, 'records' | 'handlers' | 'problems'>> {
  const timeline = await readTimeline(directory);
  const stacks = await readStacks(directory);
  const captures = await readLastCaptures(directory);
  return {
    timeline: timeline.entries,
    stacks: stacks.entries,
    lastCaptures: captures.entries,
    skippedEntries: timeline.skipped + stacks.skipped + captures.skipped,
    endings: nearLimitEndings(runEndings(timeline.entries), captures.entries, timeline.entries),
  };
}
