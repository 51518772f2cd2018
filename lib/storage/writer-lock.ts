import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { HeapTideError } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import { type ExclusiveLock, takeLock } from './exclusive-lock.js';
import { createJournalFolder } from './journal-folder.js';
import { makeDirectory } from './make-directory.js';

/** Writers of one directory at a time: a bound for a search that ends at the first free number. */
const MAX_WRITERS = 10_000;

/**
 * The right to write the files of one number in a directory: see `fileNameOf`. Numbers become free when their process
 * ends or lets go, so that there are never more files of an endpoint than there were writers at a time.
 */
export class WriterLock {
  readonly number: number;
  /** Where the directory is, without symbolic links. */
  readonly directory: string;
  readonly #inode: number;
  #lock: ExclusiveLock | undefined;

  /** Creates the directory where it is missing and takes a free number. Throws errors of the file system. */
  static take(
    path: string,
    {
      fileMemory,
      writer = 1,
    }: { readonly fileMemory?: FileMemory | undefined; readonly writer?: number },
  ): WriterLock {
    makeDirectory(path);
    const directory = realpathSync(path);
    const folder = createJournalFolder(directory);
    for (const number of candidates(writer)) {
      const lock = takeLock(lockPath(folder, number), fileMemory);
      if (lock !== undefined) return new WriterLock({ directory, number, lock });
    }
    throw new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', `more than ${MAX_WRITERS} writers`);
  }

  private constructor(taken: {
    readonly directory: string;
    readonly number: number;
    readonly lock: ExclusiveLock;
  }) {
    this.number = taken.number;
    this.directory = taken.directory;
    this.#inode = lstatSync(taken.directory).ino;
    this.#lock = taken.lock;
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
    return stats?.ino === this.#inode && this.#lock?.isNamed() === true;
  }

  /** Lets go. Idempotent. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }
}

/** Runs `action` while nobody is the writer of that number; `undefined` when somebody is or may be. */
export function whileNobodyWrites<T>(
  directory: string,
  { fileMemory, writer }: { readonly fileMemory: FileMemory | undefined; readonly writer: number },
  action: () => T,
): T | undefined {
  const lock = takeLock(lockPath(createJournalFolder(directory), writer), fileMemory);
  if (lock === undefined) return undefined;
  try {
    return action();
  } finally {
    lock.release();
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
