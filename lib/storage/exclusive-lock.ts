import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import { isNotAFile } from './array-extent.js';
import { isHolder, mayBeAlive, newHolder, showLife } from './holder.js';
import { NEW_EXTENSION } from './journal-name.js';
import { DIRECTORY_MODE, FILE_MODE } from './permissions.js';

const LOCK_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

/** What the rename of a folder says when the name is another's: a lock of either kind. */
const TAKEN_CODES: readonly unknown[] = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM'];

/** What reading a folder says that was there a moment ago. */
const GONE_CODES: readonly unknown[] = ['ENOENT', 'ENOTDIR'];

/** A lock that is held. */
export interface ExclusiveLock {
  /** Whether it still has its name: others cannot see one that has not. */
  readonly isNamed: () => boolean;
  /** Never throws. */
  readonly release: () => void;
}

/**
 * Takes the lock of that name; `undefined` when somebody holds it, or when it cannot be told whether somebody does.
 *
 * With `FileMemory` it is a file and its `flock`. Without, it is a folder with one file, whose name says who holds it:
 * a filled folder is renamed to the name of the lock, which fails where there is one that is not empty. What a dead
 * holder left is removed by its full name, which no other holder ever has. The two kinds exclude each other, since a
 * name belongs to a file or to a folder. A file that its holder did not remove is left alone by the fallback, which
 * cannot see whether it is locked.
 */
export function takeLock(
  path: string,
  fileMemory: FileMemory | undefined,
): ExclusiveLock | undefined {
  return fileMemory === undefined ? lockFolder(path) : lockFile(path, fileMemory);
}

function lockFile(path: string, fileMemory: FileMemory): ExclusiveLock | undefined {
  const fd = openLockFile(path);
  if (fd === undefined) return undefined;
  if (!fileMemory.lockFile(fd)) {
    closeSync(fd);
    return undefined;
  }
  const { ino } = fstatSync(fd);
  // An inode alone does not tell: systems use their numbers again at once.
  const isNamed = () => fstatSync(fd).nlink > 0 && inodeAt(path) === ino;
  if (!isNamed()) {
    // Its last holder has removed it between the opening and the lock.
    closeSync(fd);
    return lockFile(path, fileMemory);
  }
  const release = () => {
    quietly(() => isNamed() && rmSync(path));
    closeSync(fd);
  };
  return { isNamed, release };
}

function openLockFile(path: string): number | undefined {
  try {
    return openSync(path, LOCK_FLAGS, FILE_MODE);
  } catch (error) {
    if (!isNotAFile(error)) throw error;
  }
  if (!removeDeadHolder(path)) return undefined;
  try {
    return openSync(path, LOCK_FLAGS, FILE_MODE);
  } catch (error) {
    if (!isNotAFile(error)) throw error;
    // Somebody was faster.
    return undefined;
  }
}

function lockFolder(path: string): ExclusiveLock | undefined {
  if (!removeDeadHolder(path)) return undefined;
  const holder = newHolder();
  const draft = join(dirname(path), holder + NEW_EXTENSION);
  mkdirSync(draft, { mode: DIRECTORY_MODE });
  try {
    writeFileSync(join(draft, holder), '', { mode: FILE_MODE });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!TAKEN_CODES.includes(codeOf(error))) throw error;
    return undefined;
  }
  return folderLock(path, join(path, holder));
}

function folderLock(path: string, file: string): ExclusiveLock {
  const stopSigns = showLife(() => utimesSync(file, new Date(), new Date()));
  return {
    isNamed: () => inodeAt(file) !== undefined,
    release: () => {
      stopSigns();
      quietly(() => rmSync(file, { force: true }));
      quietly(() => rmdirSync(path));
    },
  };
}

/** Removes the folder of a lock whose holder is dead. False when the holder may be alive, or it is no folder. */
function removeDeadHolder(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return true;
  if (!stats.isDirectory()) return false;
  for (const name of namesIn(path)) {
    const file = join(path, name);
    const lastSign = () => lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (!isHolder(name) || mayBeAlive(name, lastSign)) return false;
    rmSync(file, { force: true });
  }
  quietly(() => rmdirSync(path));
  return true;
}

/** A folder that has just gone, or become a file, is as good as an empty one: the rename that follows decides. */
function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (GONE_CODES.includes(codeOf(error))) return [];
    throw error;
  }
}

/** For what may be in vain: somebody else has taken the lock, or the directory is gone or closed. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // What is left there is found by whoever wants the lock next.
  }
}

function inodeAt(path: string): number | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.ino;
}
