import { resolve } from 'node:path';
import { codeOf, HeapTideError, isHeapTideError, reasonOf } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import type { StackFrame } from '../core/profile.js';
import type { BatchSource } from './array-file.js';
import {
  EVIDENCE,
  type Evidence,
  type FileLimits,
  WriterFiles,
  type WriteTarget,
} from './writer-files.js';
import { WriterLock } from './writer-lock.js';

/** Where the files of one directory are and who hears of failures. */
export interface ProfileDirectoryOptions extends FileLimits {
  readonly path: string;
  /** Lets several writers share the directory. */
  readonly fileMemory?: FileMemory | undefined;
  /** Number of the writer to be, where it is free: see `fileNameOf`. The lowest free one otherwise. */
  readonly writer?: number;
  /** Called once for each kind of failure, by the system's code. Must not throw. */
  readonly onError: (error: HeapTideError) => void;
}

/**
 * One writer of a profile directory. Nothing exists on disk before the first write; failures are counted and reported,
 * never thrown. A directory that disappears is created anew.
 */
export class ProfileDirectory {
  readonly path: string;
  readonly fileMemory: FileMemory | undefined;
  readonly #options: ProfileDirectoryOptions;
  readonly #handlers = new Map<string, StackFrame>();
  readonly #kindsReported = new Set<string>();
  #lock: WriterLock | undefined;
  #files: WriterFiles | undefined;
  readonly #runs = new Set<string>();
  readonly #losses: Record<Evidence, number> = { timeline: 0, stacks: 0 };
  readonly #noteLoss = (evidence: Evidence) => {
    this.#losses[evidence] += 1;
  };
  #flushErrors = 0;
  #bytesWritten = 0;

  constructor(options: ProfileDirectoryOptions) {
    this.#options = options;
    this.fileMemory = options.fileMemory;
    // Resolved now: a service may change its working directory.
    this.path = resolved(options.path);
  }

  /** Attempts to write that failed. */
  get flushErrors(): number {
    return this.#flushErrors;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** How often evidence that was written was found to be gone. */
  get losses(): Readonly<Record<Evidence, number>> {
    return this.#losses;
  }

  /** A run begins to use the directory. */
  retain(run: string): void {
    this.#runs.add(run);
  }

  /** Resolves when no write and no compaction is under way. */
  async settled(): Promise<void> {
    await this.#files?.settled();
  }

  /** A run no longer uses it: when nobody does, another writer may have the names. */
  release(run: string): void {
    this.#runs.delete(run);
    if (this.#runs.size > 0) return;
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** Notes the function that serves an endpoint; it is written with the endpoint's first profile. */
  registerEndpoint(endpoint: string, handler?: StackFrame): void {
    if (handler !== undefined) this.#handlers.set(endpoint, handler);
    this.#files?.index.update(endpoint);
  }

  /**
   * The right to write, which is taken anew when it was lost. Makes the directory where it is missing. Throws errors of
   * the file system.
   */
  claim(): WriterLock {
    if (this.#lock?.isCurrent() === true) return this.#lock;
    this.#lock?.release();
    this.#lock = undefined;
    this.#lock = WriterLock.take(this.path, this.#options);
    return this.#lock;
  }

  /** The files that this writer may write now. Throws as {@link claim} does. */
  open(): WriterFiles {
    const lock = this.claim();
    const files = this.#files;
    // The same names again: writes to them that are under way must stay in order with the ones to come.
    if (files?.writer === lock.number && files.directory === lock.directory) return files;
    // Other files than the ones before have nothing of what was written there.
    if (files !== undefined) EVIDENCE.forEach(this.#noteLoss);
    this.#files = new WriterFiles({
      directory: lock.directory,
      writer: lock.number,
      limits: this.#options,
      runs: this.#runs,
      handlers: this.#handlers,
      onLoss: this.#noteLoss,
    });
    return this.#files;
  }

  /** Appends to one of the writer's files. False when that failed. */
  async write(target: WriteTarget, source: BatchSource): Promise<boolean> {
    const counted = this.#counting(source);
    try {
      await this.#append(target, counted).catch(async (error: unknown) => {
        if (!isGone(error)) throw error;
        await this.#append(target, counted);
      });
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /**
   * Mends the end of one of the writer's files where a death cut it short, and leaves none without elements. False when
   * that failed.
   */
  repair(target: WriteTarget): Promise<boolean> {
    return this.write(target, () => undefined);
  }

  /** As {@link write}, for the `exit` event. */
  writeSync(target: WriteTarget, source: BatchSource): boolean {
    try {
      const files = this.open();
      const file = files.fileOf(target);
      this.#writeIndexSync(files);
      file.appendSync(this.#counting(source));
      this.#writeIndexSync(files);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /** Counts a failure, and reports the first of its kind. */
  fail(error: unknown): void {
    this.#flushErrors += 1;
    const kind = String(codeOf(error) ?? 'UNKNOWN');
    if (this.#kindsReported.has(kind)) return;
    this.#kindsReported.add(kind);
    this.#options.onError(asOutputError(error, this.path));
  }

  async #append(target: WriteTarget, source: BatchSource): Promise<void> {
    const files = this.open();
    const file = files.fileOf(target);
    // The index goes first: without it, a file does not say its endpoint's own name. And last, where the append noticed
    // that files are gone.
    await this.#writeIndex(files);
    await file.append(source);
    await this.#writeIndex(files);
  }

  async #writeIndex({ indexFile, indexOutbox }: WriterFiles): Promise<void> {
    if (indexOutbox.size > 0) await indexFile.append(this.#counting(indexOutbox.source));
  }

  #writeIndexSync({ indexFile, indexOutbox }: WriterFiles): void {
    if (indexOutbox.size > 0) indexFile.appendSync(this.#counting(indexOutbox.source));
  }

  #counting(source: BatchSource): BatchSource {
    return () => {
      const batch = source();
      if (batch === undefined) return undefined;
      const onWritten = (bytes: number) => {
        this.#bytesWritten += bytes;
        batch.onWritten(bytes);
      };
      return { elements: batch.elements, onWritten };
    };
  }
}

/** Throws where the working directory that a relative path begins at has been removed. */
function resolved(path: string): string {
  try {
    return resolve(path);
  } catch (error) {
    throw asOutputError(error, path);
  }
}

function asOutputError(error: unknown, path: string): HeapTideError {
  if (isHeapTideError(error)) return error;
  const detail = `${reasonOf(error)} (directory ${path})`;
  return new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', detail, { cause: error });
}

function isGone(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
