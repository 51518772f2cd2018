import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { HeapTideError } from '../core/errors.js';
import { JOURNAL_FOLDER } from './directory-files.js';

/** Owner only, as the files. */
export const DIRECTORY_MODE = 0o700;

/** Makes the folder of journals and locks where it is missing. Never follows a symbolic link. */
export function createJournalFolder(directory: string): string {
  const folder = join(directory, JOURNAL_FOLDER);
  mkdirSync(folder, { recursive: true, mode: DIRECTORY_MODE });
  if (lstatSync(folder).isDirectory()) return folder;
  throw new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', `${folder} is not a directory`);
}
