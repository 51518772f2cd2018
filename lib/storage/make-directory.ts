import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DIRECTORY_MODE } from './permissions.js';

/**
 * Makes a directory and its missing parents. Throws errors of the file system. A file of that name is left to who looks
 * into the directory: asking twice would take 0.08 MB at the start.
 *
 * Node.js's own recursive `mkdirSync` never returns where the system says of an existing parent that it is missing, as
 * Linux does in /proc.
 */
export function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: DIRECTORY_MODE });
  } catch (error) {
    // Unless somebody else was faster.
    if (!existsSync(path)) throw error;
  }
}
