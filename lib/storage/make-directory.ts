import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DIRECTORY_MODE } from './permissions.js';

/**
 * Makes a directory and its missing parents. Throws errors of the file system.
 *
 * Node.js's own recursive `mkdirSync` never returns where the system says of an existing parent that it is missing, as
 * Linux does in /proc.
 */
export function makeDirectory(path: string): void {
  const parent = dirname(path);
  if (parent !== path && !existsSync(parent)) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    // It was there, or somebody else was faster.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
