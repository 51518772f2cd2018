import { mkdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HeapTideError } from '../core/errors.js';
import type { StackFrame } from '../core/profile.js';
import type { EndpointEntry } from '../core/timeline.js';
import { ArrayFile, type BatchSource } from './array-file.js';
import {
  ENDPOINTS_FILE,
  ENDPOINTS_LIMIT,
  isProfileFile,
  STACKS_FILE,
  STACKS_LIMIT,
  TIMELINE_FILE,
  TIMELINE_LIMIT,
} from './directory-files.js';
import { parseElements } from './elements.js';
import { EndpointIndex } from './endpoint-index.js';
import { Outbox } from './outbox.js';
import { decodeEndpoint } from './timeline-codec.js';

/** Owner only, as the files. */
const DIRECTORY_MODE = 0o700;

/** Where the files of one directory are and who hears of failures. */
export interface ProfileDirectoryOptions {
  readonly path: string;
  readonly maxProfilesPerEndpoint: number;
  /** Called once for each kind of failure, by the system's code. Must not throw. */
  readonly onError: (error: HeapTideError) => void;
}

/**
 * The files of one profile directory. Nothing exists on disk before the first write; failures are counted and reported,
 * never thrown. A directory that disappears is created anew.
 */
export class ProfileDirectory {
  readonly path: string;
  readonly timeline: ArrayFile;
  readonly stacks: ArrayFile;
  readonly #options: ProfileDirectoryOptions;
  readonly #indexFile: ArrayFile;
  readonly #indexOutbox = new Outbox(ENDPOINTS_LIMIT);
  readonly #registered = new Map<string, StackFrame>();
  readonly #profiles = new Map<string, ArrayFile>();
  readonly #kindsReported = new Set<string>();
  /** Read at the first write. */
  #index: EndpointIndex | undefined;
  #exists = false;
  #flushErrors = 0;
  #bytesWritten = 0;

  constructor(options: ProfileDirectoryOptions) {
    this.#options = options;
    // Resolved now: a service may change its working directory.
    this.path = resolve(options.path);
    this.timeline = new ArrayFile(join(this.path, TIMELINE_FILE), TIMELINE_LIMIT);
    this.stacks = new ArrayFile(join(this.path, STACKS_FILE), STACKS_LIMIT);
    this.#indexFile = new ArrayFile(join(this.path, ENDPOINTS_FILE), ENDPOINTS_LIMIT);
  }

  /** Attempts to write that failed. */
  get flushErrors(): number {
    return this.#flushErrors;
  }

  get bytesWritten(): number {
    return this.#bytesWritten;
  }

  /** Notes the function that serves an endpoint; it is written with the endpoint's first profile. */
  registerEndpoint(endpoint: string, handler?: StackFrame): void {
    if (this.#index !== undefined) this.#index.register(endpoint, handler);
    else if (handler !== undefined) this.#registered.set(endpoint, handler);
  }

  /** Appends to the endpoint's file. False when that failed. */
  async writeProfiles(endpoint: string, source: BatchSource): Promise<boolean> {
    const file = this.#profilesOf(endpoint);
    await this.#writeIndex();
    const isWritten = await this.write(file, source);
    // The directory may have been lost, and created anew by this write: then its index is lost too.
    await this.#writeIndex();
    return isWritten;
  }

  /** As {@link writeProfiles}, for the `exit` event. */
  writeProfilesSync(endpoint: string, source: BatchSource): boolean {
    const file = this.#profilesOf(endpoint);
    const isWritten = this.writeSync(file, source);
    if (this.#indexOutbox.size > 0) this.writeSync(this.#indexFile, this.#indexOutbox.source);
    return isWritten;
  }

  /** Appends to one of the directory's files. False when that failed. */
  async write(file: ArrayFile, source: BatchSource): Promise<boolean> {
    const counted = this.#counting(source);
    try {
      if (!this.#exists) await this.#create();
      await file.append(counted).catch(async (error: unknown) => {
        if (!isGone(error)) throw error;
        await this.#create();
        await file.append(counted);
      });
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** As {@link write}, for the `exit` event. */
  writeSync(file: ArrayFile, source: BatchSource): boolean {
    const counted = this.#counting(source);
    try {
      // Whatever happened to the directory since the last write, this is the last chance.
      this.#noteCreated(mkdirSync(this.path, { recursive: true, mode: DIRECTORY_MODE }));
      file.appendSync(counted);
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  async #writeIndex(): Promise<void> {
    if (this.#indexOutbox.size > 0) await this.write(this.#indexFile, this.#indexOutbox.source);
  }

  async #create(): Promise<void> {
    this.#noteCreated(await mkdir(this.path, { recursive: true, mode: DIRECTORY_MODE }));
  }

  /** `created` is the first directory that had to be made, if any. */
  #noteCreated(created: string | undefined): void {
    if (this.#exists && created !== undefined) this.#index?.announceAll();
    this.#exists = true;
  }

  #profilesOf(endpoint: string): ArrayFile {
    this.#index ??= this.#readIndex();
    const path = join(this.path, this.#index.fileOf(endpoint));
    let file = this.#profiles.get(path);
    if (file === undefined) {
      file = new ArrayFile(path, this.#options.maxProfilesPerEndpoint);
      this.#profiles.set(path, file);
    }
    return file;
  }

  /** Once per run and small: synchronous, so that the exit path shares it. */
  #readIndex(): EndpointIndex {
    const index = new EndpointIndex(readEntries(this.#indexFile.path), this.#indexOutbox);
    for (const [endpoint, handler] of this.#registered) index.register(endpoint, handler);
    this.#registered.clear();
    return index;
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

  #fail(error: unknown): void {
    this.#flushErrors += 1;
    const kind = codeOf(error);
    if (this.#kindsReported.has(kind)) return;
    this.#kindsReported.add(kind);
    const reason = error instanceof Error ? error.message : String(error);
    const detail = `${reason} (directory ${this.path})`;
    this.#options.onError(new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', detail, { cause: error }));
  }
}

function readEntries(path: string): EndpointEntry[] {
  const entries: EndpointEntry[] = [];
  try {
    parseElements(readFileSync(path, 'utf8'), (value) => {
      const decoded = decodeEndpoint(value);
      const isUsable = 'value' in decoded && isProfileFile(decoded.value.file);
      if (isUsable) entries.push(decoded.value);
      return isUsable;
    });
  } catch {
    // Without an index names are given anew; the write that follows reports what is wrong with the directory.
  }
  return entries;
}

function isGone(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
}
