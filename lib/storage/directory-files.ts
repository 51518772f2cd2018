import { FILE_EXTENSION } from './file-names.js';

/** Files of a profile directory that are not an endpoint's. Their names begin with `_`, which no endpoint's does. */
export type SharedFile = '_timeline' | '_stacks' | '_endpoints';

/** Folder of the journals and locks. */
export const JOURNAL_FOLDER = '.journal';

/** Entries that compaction keeps: a tick a second for more than a day, about 50 MB. */
export const TIMELINE_LIMIT = 100_000;
/** Stacks that compaction keeps; a service has hundreds to a few thousand live ones. */
export const STACKS_LIMIT = 20_000;
/** Index entries that compaction keeps: the largest number of endpoints, with ten changes each. */
export const ENDPOINTS_LIMIT = 100_000;

/**
 * The name of a file of the writer with that number. Several writers share a directory: the first has the plain names,
 * the n-th has `~n` in its names, a character that no endpoint's sanitized name has.
 */
export function fileNameOf(base: string, writer: number): string {
  return writer === 1 ? base + FILE_EXTENSION : `${base}~${writer}${FILE_EXTENSION}`;
}

/** Whether `name` is that of an endpoint's file. Never a path: an index that was tampered with leads nowhere else. */
export function isProfileFile(name: string): boolean {
  return /^[^_./\\][^/\\]*\.json$/u.test(name);
}

/** Whether `name` is that file of any writer. */
export function isSharedFile(name: string, file: SharedFile): boolean {
  return new RegExp(`^${file}(~\\d+)?\\.json$`).test(name);
}

/** Number of the writer of a file: see {@link fileNameOf}. */
export function writerOf(name: string): number {
  return Number(/~(\d+)\.json/.exec(name)?.[1] ?? 1);
}

/** Name of an endpoint's file without writer and extension. */
export function baseNameOf(name: string): string {
  return name.replace(/(~\d+)?\.json$/, '');
}
