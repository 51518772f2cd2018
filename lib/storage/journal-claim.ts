import { lstatSync, renameSync } from 'node:fs';
import { type FileHandle, open, rename, rm, utimes } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import { READ_FLAGS, setAside } from './array-extent.js';
import { mayBeAlive, newHolder } from './holder.js';
import { journalPaths } from './journal-folder.js';
import { type JournalName, journalName, NOBODY, parseJournalName } from './journal-name.js';

/** The journal of a dead run, in the hands of one recovery. */
export interface ClaimedJournal {
  readonly read: () => Promise<Buffer>;
  /** Everything is in the files. */
  readonly remove: () => Promise<void>;
  /** It is no journal. */
  readonly setAside: () => void;
  /** Ends the claim; a journal that is still there is for the next recovery. */
  readonly release: () => Promise<void>;
}

/**
 * Why there is no claim: the run is alive, the journal is gone or being recovered, or it is a mapped one, whose lock
 * cannot be seen without `FileMemory`.
 */
export type ClaimRefusal = 'running' | 'gone' | 'unseen';

/** Claims the journal at `path`, if its run is dead. Only one of any number of recoveries gets it. */
export async function claimJournal(
  path: string,
  fileMemory: FileMemory | undefined,
): Promise<ClaimedJournal | ClaimRefusal> {
  const { run = '', holder } = parseJournalName(basename(path)) ?? {};
  if (holder === undefined) return claimMapped(path, fileMemory);
  if (isHeld(path, holder)) return 'running';
  return claimWritten(path, run);
}

/** Whether the run of a journal is alive; `unseen` when that cannot be told. */
export type JournalState = 'alive' | 'dead' | 'unseen';

/** The state of each run that has a journal in a profile directory. */
export async function journalStates(
  directory: string,
  fileMemory: FileMemory | undefined,
): Promise<ReadonlyMap<string, JournalState>> {
  const states = new Map<string, JournalState>();
  for (const path of await journalPaths(directory)) {
    const name = parseJournalName(basename(path));
    if (name !== undefined) states.set(name.run, await stateOf({ path, ...name }, fileMemory));
  }
  return states;
}

async function stateOf(
  { path, holder }: JournalName & { readonly path: string },
  fileMemory: FileMemory | undefined,
): Promise<JournalState> {
  if (holder !== undefined) return isHeld(path, holder) ? 'alive' : 'dead';
  const claim = await claimMapped(path, fileMemory);
  if (claim === 'running') return 'alive';
  if (claim === 'unseen') return 'unseen';
  if (claim !== 'gone') await claim.release();
  return 'dead';
}

function isHeld(path: string, holder: string): boolean {
  const lastSign = () => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return holder !== NOBODY && mayBeAlive(holder, lastSign);
}

/** The lock of the file is the claim. */
async function claimMapped(
  path: string,
  fileMemory: FileMemory | undefined,
): Promise<ClaimedJournal | ClaimRefusal> {
  if (fileMemory === undefined) return 'unseen';
  const handle = await open(path, READ_FLAGS).catch(() => undefined);
  if (handle === undefined) return 'gone';
  const refusal = await refusalOf(handle, fileMemory);
  if (refusal !== undefined) {
    await handle.close();
    return refusal;
  }
  return {
    read: () => handle.readFile(),
    remove: () => rm(path, { force: true }),
    setAside: () => setAside(path),
    release: () => handle.close(),
  };
}

async function refusalOf(
  handle: FileHandle,
  fileMemory: FileMemory,
): Promise<ClaimRefusal | undefined> {
  if (!fileMemory.lockFile(handle.fd)) return 'running';
  // Another recovery can have finished between the opening and the lock.
  return (await handle.stat()).nlink === 0 ? 'gone' : undefined;
}

/** The rename is the claim: a name that holds a dead run's holder can be renamed once. */
async function claimWritten(path: string, run: string): Promise<ClaimedJournal | ClaimRefusal> {
  const folder = dirname(path);
  const claimed = join(folder, journalName({ run, holder: newHolder() }));
  try {
    // A sign of life for those who cannot see this process; the dead run's last one may be old.
    await utimes(path, new Date(), new Date());
    await rename(path, claimed);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'gone';
    throw error;
  }
  return {
    read: () => readWhole(claimed),
    remove: () => rm(claimed, { force: true }),
    setAside: () => setAside(claimed),
    release: async () => {
      if (lstatSync(claimed, { throwIfNoEntry: false }) === undefined) return;
      renameSync(claimed, join(folder, journalName({ run, holder: NOBODY })));
    },
  };
}

async function readWhole(path: string): Promise<Buffer> {
  const handle = await open(path, READ_FLAGS);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
