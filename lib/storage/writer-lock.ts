import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
} from 'node:fs';
import { join } from 'node:path';
import { HeapTideError } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import { FILE_MODE } from './array-extent.js';
import { createJournalFolder, DIRECTORY_MODE } from './journal-folder.js';

/** Writers of one directory at a time: a bound for a search that ends at the first free number. */
const MAX_WRITERS = 10_000;
const LOCK_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

interface LockFile {
  readonly fd: number;
  readonly path: string;
  readonly inode: number;
}

/**
 * The right to write the files of one number in a directory: see `fileNameOf`. Numbers become free when their process
 * ends or lets go, so that there are never more files of an endpoint than there were writers at a time.
 *
 * Without `FileMemory` there is no lock: then the number is 1, and one process may write to the directory.
 */
export class WriterLock {
  readonly number: number;
  /** Where the directory is, without symbolic links. */
  readonly directory: string;
  /** Whether the directory did not exist. */
  readonly isNewDirectory: boolean;
  readonly #inode: number;
  #file: LockFile | undefined;

  /** Creates the directory where it is missing and takes a free number. Throws errors of the file system. */
  static take(
    path: string,
    {
      fileMemory,
      writer = 1,
    }: { readonly fileMemory?: FileMemory | undefined; readonly writer?: number },
  ): WriterLock {
    const created = mkdirSync(path, { recursive: true, mode: DIRECTORY_MODE });
    const isNewDirectory = created !== undefined;
    const directory = realpathSync(path);
    if (fileMemory === undefined) return new WriterLock({ directory, isNewDirectory, number: 1 });
    const folder = createJournalFolder(directory);
    for (const number of candidates(writer)) {
      const file = openAndLock(lockPath(folder, number), fileMemory);
      if (file !== undefined) return new WriterLock({ directory, isNewDirectory, number, file });
    }
    throw new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', `more than ${MAX_WRITERS} writers`);
  }

  private constructor(lock: {
    readonly directory: string;
    readonly isNewDirectory: boolean;
    readonly number: number;
    readonly file?: LockFile;
  }) {
    this.number = lock.number;
    this.directory = lock.directory;
    this.isNewDirectory = lock.isNewDirectory;
    this.#inode = lstatSync(lock.directory).ino;
    this.#file = lock.file;
  }

  /**
   * Whether the lock still guards the directory: it does not when the directory was deleted or made anew.
   *
   * @throws `ERR_HEAPTIDE_OUTPUT_DIR` when a symbolic link has taken the directory's place.
   */
  isCurrent(): boolean {
    const stats = lstatSync(this.directory, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink() === true) {
      const detail = `a symbolic link has taken the place of ${this.directory}, and is not followed`;
      throw new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', detail);
    }
    return stats?.ino === this.#inode && (this.#file === undefined || isLinked(this.#file));
  }

  /** Lets go. Idempotent. */
  release(): void {
    if (this.#file !== undefined) closeSync(this.#file.fd);
    this.#file = undefined;
  }
}

/**
 * Runs `action` while nobody is the writer of that number; `undefined` when somebody is. Without `FileMemory` that cannot
 * be told: then everybody may be.
 */
export function whileNobodyWrites<T>(
  directory: string,
  { fileMemory, writer }: { readonly fileMemory: FileMemory | undefined; readonly writer: number },
  action: () => T,
): T | undefined {
  if (fileMemory === undefined) return undefined;
  const file = openAndLock(lockPath(createJournalFolder(directory), writer), fileMemory);
  if (file === undefined) return undefined;
  try {
    return action();
  } finally {
    closeSync(file.fd);
  }
}

function lockPath(folder: string, number: number): string {
  return join(folder, `writer-${number}.lock`);
}

/** The preferred number, then all from 1. */
function* candidates(preferred: number): Generator<number> {
  yield preferred;
  for (let number = 1; number <= MAX_WRITERS; number += 1) yield number;
}

/** Whether the file still has its name. An inode alone does not tell: systems use their numbers again at once. */
function isLinked({ fd, path, inode }: LockFile): boolean {
  return fstatSync(fd).nlink > 0 && lstatSync(path, { throwIfNoEntry: false })?.ino === inode;
}

function openAndLock(path: string, fileMemory: FileMemory): LockFile | undefined {
  const fd = openSync(path, LOCK_FLAGS, FILE_MODE);
  if (fileMemory.lockFile(fd)) return { fd, path, inode: fstatSync(fd).ino };
  closeSync(fd);
  return undefined;
}
