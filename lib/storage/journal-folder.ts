import { lstatSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HeapTideError } from '../core/errors.js';
import { JOURNAL_FOLDER } from './directory-files.js';
import { NEW_EXTENSION, parseJournalName } from './journal-name.js';
import { makeDirectory } from './make-directory.js';

/** Age at which what was never finished is nobody's, in ms: making a journal or a lock takes a few. */
const ABANDONED_MS = 60_000;

/** Makes the folder of journals and locks where it is missing. Never follows a symbolic link. */
export function createJournalFolder(directory: string): string {
  const folder = join(directory, JOURNAL_FOLDER);
  makeDirectory(folder);
  if (lstatSync(folder).isDirectory()) return folder;
  throw new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', `${folder} is not a directory`);
}

/** Paths of the journals of a directory. Removes what was never finished. Never rejects. */
export async function journalPaths(directory: string): Promise<readonly string[]> {
  const folder = join(directory, JOURNAL_FOLDER);
  // Of a directory that cannot be looked into, there is nothing to bring back.
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) return [];
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (name.endsWith(NEW_EXTENSION)) await removeAbandoned(join(folder, name));
  }
  return names
    .filter((name) => parseJournalName(name) !== undefined)
    .map((name) => join(folder, name));
}

/** What cannot be removed stays: it is in nobody's way. */
async function removeAbandoned(path: string): Promise<void> {
  try {
    const { mtimeMs } = await lstat(path);
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(path, { force: true, recursive: true });
  } catch {}
}
