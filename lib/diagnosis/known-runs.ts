import { existsSync } from 'node:fs';
import { loadBinding } from '../binding/load.js';
import { journalStates } from '../storage/journal-claim.js';
import { readLastCaptures } from '../storage/last-capture.js';
import { readTimeline } from '../storage/load.js';

/**
 * The runs, over or alive, that the journals, timelines and last captures of a directory tell of. Every run is in one of
 * them from its start. None where there is no directory.
 */
export async function knownRuns(directory: string): Promise<ReadonlySet<string>> {
  if (!existsSync(directory)) return new Set();
  // First: a recovery that brings a journal into the files meanwhile hides no run.
  const journals = await journalStates(directory, loadBinding().binding.fileMemory);
  const timeline = await readTimeline(directory);
  const captures = await readLastCaptures(directory);
  const written = [...timeline.entries, ...captures.entries].map(({ run }) => run);
  return new Set([...journals.keys(), ...written]);
}
