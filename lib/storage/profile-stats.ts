import { listProfileFiles, type ProfileFile } from './load.js';
import { type OwnFile, ownFiles } from './own-files.js';

/** How much of the disk one profile file takes. */
export interface ProfileFileStats extends ProfileFile {
  readonly bytes: number;
  /** Time of the last write, ms since the epoch. */
  readonly modified: number;
}

/** How much of the disk a profile directory takes. Sizes in bytes. */
export interface ProfileStats {
  /** Sorted by endpoint. */
  readonly files: readonly ProfileFileStats[];
  readonly profileBytes: number;
  /** Timelines and stacks. */
  readonly timelineBytes: number;
  /** Damaged files that were set aside. */
  readonly setAsideCount: number;
  readonly setAsideBytes: number;
}

/**
 * Says what heaptide's files of a directory take, from the file system and the index: no profile is read.
 *
 * @throws Errors of the file system, such as `ENOENT` and `ENOTDIR`.
 */
export async function getProfileStats(directory: string): Promise<ProfileStats> {
  const own = await ownFiles(directory);
  const sizes = new Map(own.map((file) => [file.path, file]));
  const files = (await listProfileFiles(directory)).flatMap((file) => {
    const size = sizes.get(file.path);
    return size === undefined ? [] : [{ ...file, bytes: size.bytes, modified: size.modified }];
  });
  const setAside = own.filter(({ kind }) => kind === 'set-aside');
  return {
    files,
    profileBytes: bytesOf(own.filter(({ kind }) => kind === 'profiles')),
    timelineBytes: bytesOf(own.filter(({ kind }) => kind === 'timeline' || kind === 'stacks')),
    setAsideCount: setAside.length,
    setAsideBytes: bytesOf(setAside),
  };
}

function bytesOf(files: readonly OwnFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
