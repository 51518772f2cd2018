import { Journal } from './journal.js';
import { JournalFile, type RunJournal } from './journal-file.js';
import type { JournalOwner } from './journal-layout.js';
import { type BufferStats, ProfileBuffer, type ProfileBufferOptions } from './profile-buffer.js';
import type { ProfileDirectory } from './profile-directory.js';
import { recoverJournals } from './recovery.js';
import { WrittenJournal } from './written-journal.js';

/** What the storage of a run needs to know. */
export interface RunStorageOptions
  extends Pick<ProfileBufferOptions, 'nameOf' | 'bufferSize' | 'flushIntervalMs'> {
  readonly directory: ProfileDirectory;
  readonly owner: Omit<JournalOwner, 'writer'>;
}

/** Counts since the run started. */
export interface StorageStats extends BufferStats {
  /** Records that earlier runs left when they were killed, and that this one brought into the files. */
  readonly recovered: number;
  /**
   * Whether records survive when the process is killed before they are in the files. In the fallback, those of the last
   * 100 ms do not.
   */
  readonly journaled: boolean;
}

/** A run's buffer with its journal, and the recovery of runs that died. */
export class RunStorage {
  readonly buffer: ProfileBuffer;
  readonly #directory: ProfileDirectory;
  readonly #run: string;
  readonly #journal: RunJournal | undefined;
  #recovery: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isClosed = false;
  #recovered = 0;

  /** Makes the journal, in ordinary memory alone where no file can be had: that is reported once. */
  constructor({ directory, owner, ...buffer }: RunStorageOptions) {
    directory.retain(owner.run);
    this.#directory = directory;
    this.#run = owner.run;
    this.#journal = createJournal(directory, owner);
    const journal = this.#journal?.journal ?? Journal.inMemory({ ...owner, writer: 1 });
    this.buffer = new ProfileBuffer({ ...buffer, run: owner.run, directory, journal });
  }

  get stats(): StorageStats {
    const journaled = this.#journal !== undefined;
    return { ...this.buffer.stats, recovered: this.#recovered, journaled };
  }

  /** Starts the timed flush and, in the background, the recovery. */
  start(): void {
    this.buffer.start();
    this.#recovery ??= this.#recover().catch((error) => this.#directory.fail(error));
  }

  /** Writes everything. What cannot be written is left to the next recovery. Idempotent; never rejects. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As {@link close}, for the `exit` event. */
  closeSync(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.buffer.flushAllSync();
    this.#closeJournal();
    this.buffer.stop();
    this.#directory.release(this.#run);
  }

  async #close(): Promise<void> {
    await this.#recovery;
    await this.buffer.flushAll();
    await this.#directory.settled();
    this.closeSync();
  }

  /** Not in the turn of the event loop in which the service starts: reading files asynchronously loads much of Node.js. */
  async #recover(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const { runs } = await recoverJournals(this.#directory.path, this.#directory);
    this.#recovered = runs.reduce((sum, { records }) => sum + records, 0);
  }

  #closeJournal(): void {
    if (this.buffer.isEmpty) this.#journal?.remove();
    else this.#journal?.leave();
  }
}

function createJournal(
  directory: ProfileDirectory,
  owner: RunStorageOptions['owner'],
): RunJournal | undefined {
  try {
    const { fileMemory } = directory;
    const { directory: path, number: writer } = directory.claim();
    const whole = { ...owner, writer };
    if (fileMemory !== undefined) return JournalFile.create(path, whole, fileMemory);
    const onError = (error: unknown) => directory.fail(error);
    return WrittenJournal.create(path, { owner: whole, onError });
  } catch (error) {
    directory.fail(error);
    return undefined;
  }
}
