import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../core/errors.js';
import { type ArrayLayout, CLOSING, LONGEST_CHECKED_LINE, type Span } from './array-layout.js';
import { readChunksSync, writeFullySync } from './chunks.js';
import { parseJson } from './parse-json.js';
import { FILE_MODE } from './permissions.js';

/** Where the next element of an array file goes. */
export interface Extent {
  readonly count: number;
  /** Byte offset after the last element; 0 without elements. */
  readonly end: number;
  /** Size and identity of the file that this describes. */
  readonly size: number;
  readonly inode: number;
}

/** Whether a file is as it was left. */
export function describes(extent: Extent | undefined, stats: Stats): boolean {
  return extent !== undefined && stats.size === extent.size && stats.ino === extent.inode;
}

/** Never follows a symbolic link: the file is written with the rights of the service. */
export const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
/** To read only, and without waiting for the other end of a pipe in the file's place. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Files set aside of one name. */
const MOST_SET_ASIDE = 10;

// What `open` says of a symbolic link (ELOOP, on FreeBSD EMLINK), a directory and a socket.
const NOT_A_FILE_CODES: readonly unknown[] = ['ELOOP', 'EMLINK', 'EISDIR', 'ENXIO'];

/** Whether `open` failed because the name belongs to something that is not a regular file. */
export function isNotAFile(error: unknown): boolean {
  return NOT_A_FILE_CODES.includes(codeOf(error));
}

/** Renames whatever has the name `path`, so that nothing of it is lost and the name is free. */
export function setAside(path: string): void {
  renameSync(path, corruptPath(path));
}

/**
 * The extent of a file whose layout was read. A damaged or torn end is first moved to a file of its own, so that the
 * array is valid again. `undefined` when nothing at the start of the file is an array of ours.
 */
export function extentOf(
  file: { readonly fd: number; readonly path: string; readonly stats: Stats },
  layout: ArrayLayout,
): Extent | undefined {
  const { size, ino: inode } = file.stats;
  if (size === 0) return { count: 0, end: 0, size, inode };
  if (layout.isClosed) return { count: layout.count, end: layout.last.end, size, inode };
  const isTorn = !isJson(file.fd, layout.last);
  const count = isTorn ? layout.count - 1 : layout.count;
  const { end } = isTorn ? layout.beforeLast : layout.last;
  if (count <= 0) return undefined;
  copyRest(file.fd, end, corruptPath(file.path));
  return closeArray(file.fd, { count, end });
}

/** Writes the closing bytes after the element that ends at `end`, and cuts off whatever follows. */
export function closeArray(
  fd: number,
  { count, end }: { readonly count: number; readonly end: number },
): Extent {
  const size = count === 0 ? 0 : end + CLOSING.length;
  if (count > 0) writeSync(fd, CLOSING, end);
  ftruncateSync(fd, size);
  return { count, end, size, inode: fstatSync(fd).ino };
}

function isJson(fd: number, { start, end }: Span): boolean {
  if (end - start > LONGEST_CHECKED_LINE) return false;
  const line = Buffer.alloc(end - start);
  readSync(fd, line, 0, line.length, start);
  return parseJson(line.toString()) !== undefined;
}

/** Copies the bytes from `start` to the end of the file to a new file. */
function copyRest(fd: number, start: number, path: string): void {
  const target = openSync(path, 'wx', FILE_MODE);
  try {
    let position = 0;
    for (const chunk of readChunksSync(fd, { start, end: Number.POSITIVE_INFINITY })) {
      writeFullySync(target, chunk, position);
      position += chunk.length;
    }
  } finally {
    closeSync(target);
  }
}

/**
 * A free name: renaming onto an existing file would destroy it. Every crash can tear an end, so that the oldest of many
 * files set aside makes room.
 */
function corruptPath(path: string): string {
  const beginning = `${basename(path)}.corrupt-`;
  const older = readdirSync(dirname(path), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.startsWith(beginning))
    .map(({ name }) => name)
    .sort();
  for (const name of older.slice(0, 1 - MOST_SET_ASIDE)) {
    rmSync(join(dirname(path), name), { force: true });
  }
  let time = Date.now();
  while (existsSync(`${path}.corrupt-${time}`)) time += 1;
  return `${path}.corrupt-${time}`;
}
