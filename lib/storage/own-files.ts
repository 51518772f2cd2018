import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isProfileFile, isSharedFile, writerOf } from './directory-files.js';
import { isLastCapture } from './last-capture-file.js';
import { readEndpoints } from './load.js';

/** A file that heaptide made. */
export interface OwnFile {
  readonly path: string;
  readonly kind: 'profiles' | 'timeline' | 'stacks' | 'last-capture' | 'set-aside';
  readonly bytes: number;
  /** Time of the last write, ms since the epoch. */
  readonly modified: number;
  /** Number of the writer: see `fileNameOf`. */
  readonly writer: number;
}

/**
 * The files of a directory that heaptide made: profiles that the index knows, timelines, stacks, last captures, and what
 * was set aside in the place of one. Other programs' files and links are not among them. The index, which tells, is left out.
 */
export async function ownFiles(directory: string): Promise<OwnFile[]> {
  const { entries } = await readEndpoints(directory);
  const indexed = new Set(entries.map(({ file }) => file));
  const files: OwnFile[] = [];
  for (const name of await readdir(directory)) {
    const original = name.replace(/\.corrupt-\d+$/, '');
    const kind = kindOf(original, indexed);
    const path = join(directory, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (kind === undefined || stats?.isFile() !== true) continue;
    files.push({
      path,
      kind: name === original ? kind : 'set-aside',
      bytes: stats.size,
      modified: stats.mtimeMs,
      writer: writerOf(original),
    });
  }
  return files;
}

function kindOf(name: string, indexed: ReadonlySet<string>): OwnFile['kind'] | undefined {
  if (isSharedFile(name, '_timeline')) return 'timeline';
  if (isSharedFile(name, '_stacks')) return 'stacks';
  if (isLastCapture(name)) return 'last-capture';
  return isProfileFile(name) && indexed.has(name) ? 'profiles' : undefined;
}
