import type { Evidence } from '../analysis/analyze-evidence.js';
import { loadBinding } from '../binding/load.js';
import { journalStates } from '../storage/journal-claim.js';
import { readLastCaptures } from '../storage/last-capture.js';
import { readStacks, readTimeline } from '../storage/load.js';
import { runEndings } from '../storage/run-endings.js';
import { nearLimitEndings } from './near-limit-endings.js';

/** Reads what a directory holds beside the profiles: the timeline with its stacks, and how its runs ended. */
export async function readSurroundings(
  directory: string,
): Promise<Omit<Evidence, 'records' | 'handlers'>> {
  const { fileMemory } = loadBinding().binding;
  // Twice: a run that starts or stops during the reading is in one of them.
  const before = await journalStates(directory, fileMemory);
  const timeline = await readTimeline(directory);
  const journals = new Map([...(await journalStates(directory, fileMemory)), ...before]);
  const stacks = await readStacks(directory);
  const captures = await readLastCaptures(directory);
  return {
    timeline: timeline.entries,
    stacks: stacks.entries,
    lastCaptures: captures.entries,
    problems: [...timeline.problems, ...stacks.problems, ...captures.problems],
    skippedEntries: timeline.skipped + stacks.skipped + captures.skipped,
    endings: nearLimitEndings(
      runEndings(timeline.entries, { journals }),
      captures.entries,
      timeline.entries,
    ),
  };
}
