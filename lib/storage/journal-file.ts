import { closeSync, constants, fchmodSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { HeapTideError } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import { Journal } from './journal.js';
import { createJournalFolder } from './journal-folder.js';
import { JOURNAL_SIZES, type JournalOwner, journalBytes } from './journal-layout.js';
import { journalName, NEW_EXTENSION } from './journal-name.js';
import { FILE_MODE } from './permissions.js';

// Nobody but the run writes to its journal; cutting the file would kill the process that has it mapped.
export const JOURNAL_MODE = 0o400;
export const JOURNAL_CREATE_FLAGS =
  constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A run's journal in a file. */
export interface RunJournal {
  readonly journal: Journal;
  /** The run is over and everything is in its files. Idempotent. */
  readonly remove: () => void;
  /** The run is over, and what the journal still holds is left to the next recovery. Idempotent. */
  readonly leave: () => void;
}

/** A run's journal in a mapped file, locked while the run lives. */
export class JournalFile implements RunJournal {
  readonly journal: Journal;
  readonly #path: string;
  #fd: number | undefined;

  /** Makes the journal of a run in the directory. Throws errors of the file system. */
  static create(directory: string, owner: JournalOwner, fileMemory: FileMemory): JournalFile {
    const folder = createJournalFolder(directory);
    const path = join(folder, journalName({ run: owner.run }));
    const draft = join(folder, owner.run + NEW_EXTENSION);
    // The mapping keeps the opening that it was made from alive, so the lock gets one of its own.
    const mapped = openSync(draft, JOURNAL_CREATE_FLAGS, FILE_MODE);
    let locked: number | undefined;
    try {
      locked = openSync(draft, constants.O_RDONLY | constants.O_NOFOLLOW);
      if (!fileMemory.lockFile(locked)) throw failed('its lock is taken');
      const memory = fileMemory.mapFile(mapped, journalBytes(JOURNAL_SIZES));
      if (typeof memory === 'number') throw failed(describe(memory));
      const journal = new Journal(memory, owner);
      fchmodSync(locked, JOURNAL_MODE);
      renameSync(draft, path);
      return new JournalFile(journal, path, locked);
    } catch (error) {
      if (locked !== undefined) closeSync(locked);
      rmSync(draft, { force: true });
      throw error;
    } finally {
      closeSync(mapped);
    }
  }

  private constructor(journal: Journal, path: string, fd: number) {
    this.journal = journal;
    this.#path = path;
    this.#fd = fd;
  }

  remove(): void {
    rmSync(this.#path, { force: true });
    this.leave();
  }

  leave(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function failed(reason: string): HeapTideError {
  return new HeapTideError(
    'ERR_HEAPTIDE_OUTPUT_DIR',
    `no journal, records are lost when the process is killed: ${reason}`,
  );
}

function describe(errno: number): string {
  const [name = `error ${errno}`, text = ''] = getSystemErrorMap().get(-errno) ?? [];
  return `${name} ${text}`.trim();
}
