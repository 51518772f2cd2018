import { closeSync, fchmodSync, futimesSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newHolder, showLife } from './holder.js';
import { Journal } from './journal.js';
import { JOURNAL_CREATE_FLAGS, JOURNAL_MODE, type RunJournal } from './journal-file.js';
import { createJournalFolder } from './journal-folder.js';
import type { JournalOwner } from './journal-layout.js';
import { JournalMirror } from './journal-mirror.js';
import { journalName, NEW_EXTENSION, NOBODY } from './journal-name.js';
import { FILE_MODE } from './permissions.js';

/** Longest time that a change is in memory only, in ms, while the event loop turns. */
const GRAIN_MS = 100;

/** What a written journal needs to know. */
export interface WrittenJournalOptions {
  readonly owner: JournalOwner;
  /** Called for each failure to write. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/**
 * A run's journal in ordinary memory that is written to its file every {@link GRAIN_MS}, for where files cannot be
 * mapped. The file's name says who holds it.
 */
export class WrittenJournal implements RunJournal {
  readonly journal: Journal;
  readonly #folder: string;
  readonly #run: string;
  readonly #path: string;
  readonly #mirror: JournalMirror;
  readonly #onError: (error: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #stopSigns: () => void;
  #fd: number | undefined;

  /** Makes the journal of a run in the directory. Throws errors of the file system. */
  static create(directory: string, options: WrittenJournalOptions): WrittenJournal {
    const folder = createJournalFolder(directory);
    const draft = join(folder, options.owner.run + NEW_EXTENSION);
    const fd = openSync(draft, JOURNAL_CREATE_FLAGS, FILE_MODE);
    try {
      return new WrittenJournal({ ...options, folder, draft, fd });
    } catch (error) {
      closeSync(fd);
      rmSync(draft, { force: true });
      throw error;
    }
  }

  private constructor(
    made: WrittenJournalOptions & {
      readonly folder: string;
      readonly draft: string;
      readonly fd: number;
    },
  ) {
    const { owner, onError, folder, draft, fd } = made;
    this.journal = Journal.inMemory(owner);
    this.#mirror = new JournalMirror(fd, this.journal.parts);
    this.#folder = folder;
    this.#run = owner.run;
    this.#path = join(folder, journalName({ run: owner.run, holder: newHolder() }));
    this.#onError = onError;
    fchmodSync(fd, JOURNAL_MODE);
    renameSync(draft, this.#path);
    this.#fd = fd;
    this.#timer = setInterval(() => this.#write(), GRAIN_MS).unref();
    this.#stopSigns = showLife(() => futimesSync(fd, new Date(), new Date()));
  }

  remove(): void {
    rmSync(this.#path, { force: true });
    this.#close();
  }

  leave(): void {
    if (this.#fd === undefined) return;
    this.#write();
    this.#close();
    try {
      renameSync(this.#path, join(this.#folder, journalName({ run: this.#run, holder: NOBODY })));
    } catch {
      // The directory is gone or closed: then the journal waits for the end of the process.
    }
  }

  #write(): void {
    try {
      this.#mirror.write();
    } catch (error) {
      this.#onError(error);
    }
  }

  #close(): void {
    if (this.#fd === undefined) return;
    clearInterval(this.#timer);
    this.#stopSigns();
    closeSync(this.#fd);
    this.#fd = undefined;
  }
}
