import { closeSync, fstatSync, lstatSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { monotonicMs } from '../core/clock.js';
import { HeapTideError } from '../core/errors.js';
import { draftWithinLimits } from './array-compaction.js';
import {
  closeArray,
  describes,
  type Extent,
  extentOf,
  isNotAFile,
  OPEN_FLAGS,
  setAside,
} from './array-extent.js';
import { ArrayLayout, CLOSING, OPENING, SEPARATOR } from './array-layout.js';
import { type ArrayLimits, CompactionSchedule } from './array-limits.js';
import { readChunks, readChunksSync, writeFully, writeFullySync } from './chunks.js';
import { FILE_MODE } from './permissions.js';

/** Elements for one write. */
export interface Batch {
  /** JSON objects without newlines. */
  readonly elements: readonly string[];
  /** Called once, when the elements are in the file. */
  readonly onWritten: (bytes: number) => void;
}

/** Gives what is waiting at the moment of the write; `undefined` when that is nothing. */
export type BatchSource = () => Batch | undefined;

interface Write {
  readonly bytes: Buffer;
  readonly position: number;
  /** The file before and after. */
  readonly before: Extent;
  readonly after: Extent;
  readonly batch: Batch;
}

/** Longest wait at exit for a write that a thread of the pool has under way, in ms; it takes microseconds. */
const SETTLE_MS = 100;

/**
 * A file that holds a JSON array with one element per line and is valid between any two writes.
 *
 * Appending is one positional write over the closing bytes: its cost depends on the batch, not on the file. Writes of
 * one object happen in order. What is not an array of ours is set aside, a torn end repaired, a link never followed.
 * Appends are not synced to the device: they survive the process, not a power failure.
 */
export class ArrayFile {
  readonly path: string;
  readonly #limits: ArrayLimits;
  readonly #onLoss: () => void;
  readonly #schedule: CompactionSchedule;
  #extent: Extent | undefined;
  #turn: Promise<void> = Promise.resolve();
  #underWay: Write | undefined;

  /** `onLoss` is called when elements that were written are gone, before the source of the write is asked. */
  constructor(path: string, limits: ArrayLimits, onLoss: () => void = () => undefined) {
    this.path = path;
    this.#limits = limits;
    this.#onLoss = onLoss;
    this.#schedule = new CompactionSchedule(limits);
  }

  /**
   * Appends what `source` gives when the turn comes. Rejects with the error of the file system. Where it gives nothing,
   * the end is repaired all the same, and a file without elements removed.
   */
  append(source: BatchSource): Promise<void> {
    const turn = this.#turn.then(() => this.#append(source));
    // The next turn does not depend on how this one ends.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Appends at once, for the `exit` event, when the loop no longer turns. A write under way is waited for, so that its
   * elements are neither lost nor doubled. Never compacts.
   */
  appendSync(source: BatchSource): void {
    this.#settleSync();
    const fd = this.#openSync();
    try {
      const write = this.#nextWrite(source);
      if (write === undefined) return;
      try {
        writeFullySync(fd, write.bytes, write.position);
      } catch (error) {
        this.#undo(fd, write);
        throw error;
      }
      this.#finish(write);
    } finally {
      closeSync(fd);
    }
  }

  /** Resolves when no append and no compaction is under way. */
  settled(): Promise<void> {
    return this.#turn;
  }

  async #append(source: BatchSource): Promise<void> {
    const handle = await this.#open();
    try {
      // No await between the source and the write: the sync path may run at any of them.
      const write = this.#nextWrite(source);
      if (write === undefined) {
        this.#removeIfEmpty();
        return;
      }
      this.#underWay = write;
      try {
        await writeFully(handle, write.bytes, write.position);
      } catch (error) {
        if (this.#underWay === write) this.#undo(handle.fd, write);
        throw error;
      }
      // Otherwise the sync path has settled it.
      if (this.#underWay === write) this.#finish(write);
    } finally {
      await handle.close();
    }
    if (this.#extent !== undefined && this.#schedule.isDue(this.#extent, Date.now())) {
      await this.#compact(this.#extent);
    }
  }

  /** Without an element the file did not exist, or was as good as empty: no bytes are no array. */
  #removeIfEmpty(): void {
    if (this.#extent === undefined || this.#extent.count > 0) return;
    this.#extent = undefined;
    rmSync(this.path, { force: true });
  }

  #nextWrite(source: BatchSource): Write | undefined {
    const before = this.#extent;
    const batch = source();
    if (before === undefined || batch === undefined) return undefined;
    const opening = before.count === 0 ? OPENING : SEPARATOR;
    const bytes = Buffer.from(opening + batch.elements.join(SEPARATOR) + CLOSING);
    const position = before.end;
    const size = position + bytes.length;
    const count = before.count + batch.elements.length;
    const after = { count, end: size - CLOSING.length, size, inode: before.inode };
    return { bytes, position, before, after, batch };
  }

  #finish(write: Write): void {
    this.#underWay = undefined;
    this.#extent = write.after;
    write.batch.onWritten(write.bytes.length);
  }

  /** Takes back a write that failed half-way, as on a full disk: the old end is still allocated. */
  #undo(fd: number, { before }: Write): void {
    this.#underWay = undefined;
    this.#extent = undefined;
    try {
      this.#extent = closeArray(fd, before);
      this.#removeIfEmpty();
    } catch {
      // The next write reads the file again and repairs it.
    }
  }

  async #open(): Promise<FileHandle> {
    const handle = await this.#openArray();
    if (handle !== undefined) return handle;
    setAside(this.path);
    const fresh = await this.#openArray();
    if (fresh === undefined) throw replaced(this.path);
    return fresh;
  }

  /** The open file with `#extent` set, or `undefined` when the name belongs to something else. */
  async #openArray(): Promise<FileHandle | undefined> {
    const handle = await open(this.path, OPEN_FLAGS, FILE_MODE).catch(rethrowUnlessNotAFile);
    if (handle === undefined) return undefined;
    try {
      if (await this.#locate(handle)) return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  async #locate(handle: FileHandle): Promise<boolean> {
    for (;;) {
      const known = this.#extent;
      const stats = await handle.stat();
      if (this.#extent === known) {
        if (!stats.isFile()) return false;
        if (describes(known, stats)) return true;
        const layout = new ArrayLayout();
        for await (const chunk of readChunks(handle)) layout.push(chunk);
        layout.finish();
        if (this.#extent === known) {
          this.#locateAt(extentOf({ fd: handle.fd, path: this.path, stats }, layout));
          return this.#extent !== undefined;
        }
      }
      // The sync path wrote meanwhile: what was read is outdated.
    }
  }

  #locateAt(extent: Extent | undefined): void {
    const before = this.#extent?.count ?? 0;
    this.#extent = extent;
    if ((extent?.count ?? 0) < before) this.#onLoss();
  }

  #openSync(): number {
    const fd = this.#openArraySync();
    if (fd !== undefined) return fd;
    setAside(this.path);
    const fresh = this.#openArraySync();
    if (fresh === undefined) throw replaced(this.path);
    return fresh;
  }

  #openArraySync(): number | undefined {
    let fd: number;
    try {
      fd = openSync(this.path, OPEN_FLAGS, FILE_MODE);
    } catch (error) {
      return rethrowUnlessNotAFile(error);
    }
    try {
      const stats = fstatSync(fd);
      if (stats.isFile()) {
        if (describes(this.#extent, stats)) return fd;
        const layout = new ArrayLayout();
        for (const chunk of readChunksSync(fd)) layout.push(chunk);
        layout.finish();
        this.#locateAt(extentOf({ fd, path: this.path, stats }, layout));
        if (this.#extent !== undefined) return fd;
      }
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
    return undefined;
  }

  #settleSync(): void {
    const write = this.#underWay;
    if (write === undefined) return;
    const deadline = monotonicMs() + SETTLE_MS;
    const pause = new Int32Array(new SharedArrayBuffer(4));
    while (monotonicMs() < deadline) {
      // The kernel moves the size after it has copied the bytes, so the size says that they are there.
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) >= write.after.size) {
        this.#finish(write);
        return;
      }
      Atomics.wait(pause, 0, 0, 1);
    }
    this.#underWay = undefined;
    this.#extent = undefined;
  }

  async #compact(extent: Extent): Promise<void> {
    const now = Date.now();
    this.#schedule.plan(extent, now);
    const draft = await draftWithinLimits(this.path, extent, { limits: this.#limits, now });
    if (draft === undefined) return;
    // No await from here on: an append of the sync path cannot come between the check and the rename.
    if (this.#extent !== extent || !describes(extent, lstatSync(this.path))) {
      rmSync(draft.path, { force: true });
      return;
    }
    renameSync(draft.path, this.path);
    this.#extent = draft.extent;
    this.#schedule.plan(draft.extent, now);
  }
}

function rethrowUnlessNotAFile(error: unknown): undefined {
  if (isNotAFile(error)) return undefined;
  throw error;
}

function replaced(path: string): HeapTideError {
  return new HeapTideError(
    'ERR_HEAPTIDE_OUTPUT_DIR',
    `${path} is replaced as soon as it is created`,
  );
}
