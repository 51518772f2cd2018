import type { FileMemory } from '../core/file-memory.js';
import { groupBy } from '../core/group-by.js';
import { type ClaimedJournal, type ClaimRefusal, claimJournal } from './journal-claim.js';
import { type JournalContents, journalContents, type PendingRecord } from './journal-contents.js';
import { journalPaths } from './journal-folder.js';
import type { JournalOwner } from './journal-layout.js';
import { parseJson } from './parse-json.js';
import { ProfileDirectory } from './profile-directory.js';
import { encodeFigures, joinProfile } from './profile-encoding.js';
import { BATCH_RECORDS } from './record-store.js';
import { toProfile } from './recorded-profile.js';
import { linesNotStored, storedSequences } from './stored-records.js';
import type { WriteTarget } from './writer-files.js';

/** A run whose process died, and what was brought from its journal into the files. */
export interface RecoveredRun extends JournalOwner {
  /** Records of requests. */
  readonly records: number;
  /** Entries of the timeline, and stacks. */
  readonly entries: number;
}

/** What a recovery found. */
export interface Recovery {
  readonly runs: readonly RecoveredRun[];
  /** Journals of runs that are alive. */
  readonly running: number;
  /** Journals that could not be brought into the files; they stay for the next recovery. */
  readonly failed: number;
  /** Files that are no journals of this version; they were set aside. */
  readonly unreadable: number;
  /** Mapped journals, whose locks the fallback cannot see; they stay for a recovery with the addon. */
  readonly unseen: number;
}

type Outcome = RecoveredRun | ClaimRefusal | 'failed' | 'unreadable';

/** Where a recovery writes. */
interface Destination {
  readonly path: string;
  readonly fileMemory: FileMemory | undefined;
  /** The recovering process's own writer. */
  readonly own: ProfileDirectory | undefined;
}

/**
 * Brings what dead runs left in their journals into the files of the directory at `path`.
 *
 * Exactly once: the journal of a dead run is claimed, what the files have already is left out, and it is deleted when all
 * is written. A recovery that dies itself can be repeated.
 *
 * A run's records go to the files that the run wrote itself, after its earlier ones, unless another process writes them
 * now. `writer` is the recovering process's own where it writes to the directory too. Never rejects.
 */
export async function recoverJournals(
  path: string,
  writer: ProfileDirectory | FileMemory | undefined,
): Promise<Recovery> {
  const own = writer instanceof ProfileDirectory ? writer : undefined;
  const fileMemory = writer instanceof ProfileDirectory ? writer.fileMemory : writer;
  const runs: RecoveredRun[] = [];
  const counts = { running: 0, failed: 0, unreadable: 0, unseen: 0, gone: 0 };
  for (const journal of await journalPaths(path)) {
    // A directory that cannot be written keeps its journals, and can be read all the same.
    const outcome = await recoverOne(journal, { path, fileMemory, own }).catch(
      () => 'failed' as const,
    );
    if (typeof outcome === 'string') counts[outcome] += 1;
    else runs.push(outcome);
  }
  const { running, failed, unreadable, unseen } = counts;
  return { runs, running, failed, unreadable, unseen };
}

async function recoverOne(path: string, destination: Destination): Promise<Outcome> {
  const claim = await claimJournal(path, destination.fileMemory);
  if (typeof claim === 'string') return claim;
  try {
    return await recoverClaimed(claim, destination);
  } finally {
    await claim.release();
  }
}

async function recoverClaimed(claim: ClaimedJournal, destination: Destination): Promise<Outcome> {
  const contents = journalContents(await claim.read());
  if (contents === undefined) {
    claim.setAside();
    return 'unreadable';
  }
  const merged = await mergeAsWriter(contents, destination);
  if (merged === undefined) return 'failed';
  await claim.remove();
  return merged;
}

/** Merges as the writer that the run was, where nobody is it now. */
async function mergeAsWriter(
  contents: JournalContents,
  { path, fileMemory, own }: Destination,
): Promise<RecoveredRun | undefined> {
  const { run, writer } = contents.owner;
  if (own !== undefined && own.claim().number === writer) return merge(contents, own);
  // Without limits: what the files keep is the service's decision.
  const directory = new ProfileDirectory({
    path,
    fileMemory,
    writer,
    onError: () => undefined,
  });
  directory.retain(run);
  try {
    return await merge(contents, directory);
  } finally {
    await directory.settled();
    directory.release(run);
  }
}

/** Writes what the files lack; `undefined` when that failed. */
async function merge(
  contents: JournalContents,
  directory: ProfileDirectory,
): Promise<RecoveredRun | undefined> {
  const { owner, endpoints } = contents;
  for (const { name, handler } of endpoints.values()) directory.registerEndpoint(name, handler);
  if (!(await directory.repair('index'))) return undefined;
  const stacks = await mergeLines(directory, 'stacks', contents.stacks);
  const timeline = await mergeLines(directory, 'timeline', contents.timeline);
  let records: number | undefined = 0;
  const byId = groupBy(contents.records, ({ reading }) => reading.endpoint);
  for (const id of new Set([...endpoints.keys(), ...byId.keys()])) {
    const endpoint = endpoints.get(id)?.name ?? `(endpoint ${id})`;
    const pending = byId.get(id) ?? [];
    const written = await mergeRecords(directory, { run: owner.run, endpoint, pending });
    records = records === undefined || written === undefined ? undefined : records + written;
  }
  if (stacks === undefined || timeline === undefined || records === undefined) return undefined;
  return { ...owner, records, entries: stacks + timeline };
}

async function mergeLines(
  directory: ProfileDirectory,
  target: 'timeline' | 'stacks',
  lines: readonly string[],
): Promise<number | undefined> {
  // The journal of the fallback may lack what the run was writing when it died: the file is repaired all the same.
  if (!(await directory.repair(target))) return undefined;
  const usable = lines.filter(isJson);
  if (usable.length === 0) return 0;
  const missing = await linesNotStored(directory.path, `_${target}`, usable);
  return writeAll(directory, target, missing);
}

async function mergeRecords(
  directory: ProfileDirectory,
  records: {
    readonly run: string;
    readonly endpoint: string;
    readonly pending: readonly PendingRecord[];
  },
): Promise<number | undefined> {
  const { run, endpoint, pending } = records;
  // First, so that what is stored is what stays.
  if (!(await directory.repair({ endpoint }))) return undefined;
  if (pending.length === 0) return 0;
  const stored = await storedSequences(directory.path, { run, endpoint });
  const missing = pending.filter(({ sequence }) => !stored.has(sequence));
  return writeAll(
    directory,
    { endpoint },
    missing.map((record) => encode(run, record)),
  );
}

/** Number of elements written; `undefined` when not all are. */
async function writeAll(
  directory: ProfileDirectory,
  target: WriteTarget,
  lines: readonly string[],
): Promise<number | undefined> {
  for (let start = 0; start < lines.length; start += BATCH_RECORDS) {
    const elements = lines.slice(start, start + BATCH_RECORDS);
    const isWritten = await directory.write(target, () => ({
      elements,
      onWritten: () => undefined,
    }));
    if (!isWritten) return undefined;
  }
  return lines.length;
}

function encode(run: string, { sequence, reading, extras }: PendingRecord): string {
  const figures = encodeFigures(toProfile(reading, { run, sequence }));
  const line = joinProfile(figures, extras);
  // Extras come as text from a file that anything may have happened to.
  return isJson(line) ? line : joinProfile(figures);
}

function isJson(text: string): boolean {
  return typeof parseJson(text) === 'object' && !text.includes('\n');
}
