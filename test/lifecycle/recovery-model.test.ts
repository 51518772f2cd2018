import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadBinding } from '../../lib/binding/load.js';
import type { FileMemory } from '../../lib/core/file-memory.js';
import { JournalFile, type RunJournal } from '../../lib/storage/journal-file.js';
import { ProfileBuffer } from '../../lib/storage/profile-buffer.js';
import { ProfileDirectory } from '../../lib/storage/profile-directory.js';
import { recoverJournals } from '../../lib/storage/recovery.js';
import { WrittenJournal } from '../../lib/storage/written-journal.js';
import { sampleReading } from '../unit/storage/samples.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';

/** Small, so that histories rotate. */
const LIMIT = 20;

type Action = { readonly append: number } | 'flush' | 'crash' | 'recover';

/** A writer that can let go of everything as a killed process does: locks are free, nothing is flushed. */
class Life {
  readonly directory: ProfileDirectory;
  readonly #run: string;
  readonly #file: RunJournal;
  readonly #buffer: ProfileBuffer;
  #count = 0;

  constructor(path: string, run: string, fileMemory: FileMemory | undefined) {
    this.#run = run;
    this.directory = new ProfileDirectory({
      path,
      maxProfilesPerEndpoint: LIMIT,
      fileMemory,
      onError: fail,
    });
    this.directory.retain(run);
    const { directory, writer } = this.directory.open();
    const owner = { run, pid: process.pid, thread: 0, started: 0, writer };
    this.#file =
      fileMemory === undefined
        ? WrittenJournal.create(directory, { owner, onError: fail })
        : JournalFile.create(directory, owner, fileMemory);
    this.#buffer = new ProfileBuffer({
      run,
      directory: this.directory,
      nameOf: () => 'orders',
      bufferSize: 1_000_000,
      flushIntervalMs: 60_000,
      journal: this.#file.journal,
    });
  }

  append(): string {
    this.#buffer.append(sampleReading());
    this.#count += 1;
    return `${this.#run}-${this.#count}`;
  }

  flush(): Promise<void> {
    return this.#buffer.flushAll();
  }

  async crash(): Promise<void> {
    await this.directory.settled();
    this.#file.leave();
    this.directory.release(this.#run);
  }
}

function fail(error: unknown): never {
  throw error;
}

function storedIds(path: string): string[] {
  if (!readdirSync(path).includes('orders.json')) return [];
  const profiles: { request_id: string }[] = JSON.parse(
    readFileSync(join(path, 'orders.json'), 'utf8'),
  );
  return profiles.map(({ request_id }) => request_id);
}

test.each([
  ['mapped', loadBinding().binding.fileMemory],
  ['written', undefined],
])(
  'after any appends, flushes, crashes, recoveries and rotations of a %s journal the last records are stored, once, in order',
  async (_kind, fileMemory) => {
    const action: fc.Arbitrary<Action> = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }).map((append) => ({ append })) },
      { weight: 2, arbitrary: fc.constant<Action>('flush') },
      { weight: 1, arbitrary: fc.constant<Action>('crash') },
      { weight: 1, arbitrary: fc.constant<Action>('recover') },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
        const path = temporaryDirectory();
        const appended: string[] = [];
        let lives = 0;
        let life = new Life(path, 'run0', fileMemory);
        for (const step of actions) {
          if (step === 'flush') await life.flush();
          else if (step === 'recover') await recoverJournals(path, life.directory);
          else if (step === 'crash') {
            await life.crash();
            lives += 1;
            life = new Life(path, `run${lives}`, fileMemory);
            // As at every start: what the dead run left comes before anything new.
            await recoverJournals(path, life.directory);
          } else for (let n = 0; n < step.append; n += 1) appended.push(life.append());
        }
        await life.crash();
        await recoverJournals(path, fileMemory);

        const stored = storedIds(path);

        expect(stored).toEqual(appended.slice(appended.length - stored.length));
        expect(stored.length).toBeGreaterThanOrEqual(Math.min(appended.length, LIMIT));
      }),
      { numRuns: 60 },
    );
  },
);
