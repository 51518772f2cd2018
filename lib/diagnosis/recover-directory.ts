import { loadBinding } from '../binding/load.js';
import { type Recovery, recoverJournals } from '../storage/recovery.js';

/**
 * Brings what killed processes left in the journals of a profile directory into its files: see `docs/guides/storage.md`.
 * Processes that are running are not disturbed. Idempotent. Rejects only when the directory cannot be read.
 */
export function recoverProfileDirectory(directory: string): Promise<Recovery> {
  return recoverJournals(directory, loadBinding().binding?.fileMemory);
}
