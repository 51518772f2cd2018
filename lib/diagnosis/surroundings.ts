import type { Evidence } from '../analysis/analyze-evidence.js';
import { loadBinding } from '../binding/load.js';
import { journalStates } from '../storage/journal-claim.js';
import { readLastCaptures } from '../storage/last-capture.js';
import { readStacks, readTimeline } from '../storage/load.js';
import { runEndings } from '../storage/run-endings.js';
import { nearLimitEndings } from './near-limit-endings.js';

/** What a directory holds beside the profiles. */
export type Surroundings = Omit<Evidence, 'records' | 'handlers'>;

/** Reads what a directory holds beside the profiles: the timeline with its stacks, and how its runs ended. */
export async function readSurroundings(directory: string): Promise<Surroundings> {
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

/** What is of some runs. */
export function ofRuns(
  surroundings: Surroundings,
  runs: Pick<ReadonlySet<string>, 'has'>,
): Surroundings {
  return {
    ...surroundings,
    timeline: surroundings.timeline.filter(({ run }) => runs.has(run)),
    lastCaptures: surroundings.lastCaptures.filter(({ run }) => runs.has(run)),
  };
}
