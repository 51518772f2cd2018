import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackFrame } from '../core/profile.js';
import type { EndpointEntry } from '../core/timeline.js';
import { READ_FLAGS } from './array-extent.js';
import { ArrayFile } from './array-file.js';
import type { ArrayLimits } from './array-limits.js';
import {
  ENDPOINTS_LIMIT,
  fileNameOf,
  isProfileFile,
  STACKS_LIMIT,
  TIMELINE_LIMIT,
} from './directory-files.js';
import { parseElements } from './elements.js';
import { EndpointIndex } from './endpoint-index.js';
import { stacksOf, startsOfKeptRuns } from './exceptions.js';
import { Outbox } from './outbox.js';
import { decodeEndpoint } from './timeline-decoding.js';

/** A file of a writer. */
export type WriteTarget = 'index' | 'timeline' | 'stacks' | { readonly endpoint: string };

/** The files that hold what a verdict rests on. */
export const EVIDENCE = ['timeline', 'stacks'] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** What files keep: the options of the same names are those of `EndpointProfiler`. All by default. */
export interface FileLimits {
  readonly maxProfilesPerEndpoint?: number;
  readonly maxFileBytes?: number;
  /** 0 for any age. */
  readonly maxAgeMs?: number;
}

/** Where the files are and what they keep. */
export interface WriterFilesOptions {
  readonly directory: string;
  /** Number of the writer: see `fileNameOf`. */
  readonly writer: number;
  readonly limits: FileLimits;
  /** The runs that write now. */
  readonly runs: ReadonlySet<string>;
  /** The functions that serve endpoints, as far as they are known. */
  readonly handlers: ReadonlyMap<string, StackFrame>;
  /** Hears that what was written to the run's evidence is gone: somebody deleted the file. */
  readonly onLoss: (evidence: Evidence) => void;
}

/** The files of one writer in a profile directory. Only the holder of the writer's lock may write them. */
export class WriterFiles {
  readonly writer: number;
  readonly directory: string;
  /** The index of endpoints, and what waits to be written there. */
  readonly indexFile: ArrayFile;
  readonly indexOutbox = new Outbox(ENDPOINTS_LIMIT);
  readonly index: EndpointIndex;
  readonly #limits: ArrayLimits;
  readonly #timeline: ArrayFile;
  readonly #stacks: ArrayFile;
  readonly #profiles = new Map<string, ArrayFile>();
  /** Where one file was deleted, others may have been, and the index is written when it changes only. */
  readonly #announceAll = () => this.index.announceAll();

  /** Reads the writer's index, once and synchronously: it is small, and the exit path shares it. */
  constructor({ directory, writer, limits, runs, handlers, onLoss }: WriterFilesOptions) {
    const pathOf = (base: string) => join(directory, fileNameOf(base, writer));
    this.writer = writer;
    this.directory = directory;
    this.#limits = arrayLimits(limits);
    const evidence = (name: Evidence, ownLimits: Partial<ArrayLimits>) =>
      new ArrayFile(pathOf(`_${name}`), { ...this.#limits, ...ownLimits }, () => {
        this.#announceAll();
        onLoss(name);
      });
    this.#timeline = evidence('timeline', { count: TIMELINE_LIMIT, exceptions: startsOfKeptRuns });
    this.#stacks = evidence('stacks', { count: STACKS_LIMIT, exceptions: () => stacksOf(runs) });
    this.indexFile = new ArrayFile(
      pathOf('_endpoints'),
      { ...UNLIMITED, count: ENDPOINTS_LIMIT },
      this.#announceAll,
    );
    const entries = readIndex(this.indexFile.path);
    this.index = new EndpointIndex({ entries, handlers, writer, outbox: this.indexOutbox });
  }

  /** The file for `target`. */
  fileOf(target: WriteTarget): ArrayFile {
    if (target === 'index') return this.indexFile;
    if (target === 'timeline') return this.#timeline;
    if (target === 'stacks') return this.#stacks;
    const path = join(this.directory, this.index.fileOf(target.endpoint));
    let file = this.#profiles.get(path);
    if (file === undefined) {
      file = new ArrayFile(path, this.#limits, this.#announceAll);
      this.#profiles.set(path, file);
    }
    return file;
  }

  /** Resolves when no append and no compaction is under way. */
  async settled(): Promise<void> {
    const files = [this.#timeline, this.#stacks, this.indexFile, ...this.#profiles.values()];
    await Promise.all(files.map((file) => file.settled()));
  }
}

const UNLIMITED: ArrayLimits = {
  count: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
  ageMs: Number.POSITIVE_INFINITY,
};

function arrayLimits({
  maxProfilesPerEndpoint,
  maxFileBytes,
  maxAgeMs = 0,
}: FileLimits): ArrayLimits {
  return {
    count: maxProfilesPerEndpoint ?? UNLIMITED.count,
    bytes: maxFileBytes ?? UNLIMITED.bytes,
    ageMs: maxAgeMs === 0 ? UNLIMITED.ageMs : maxAgeMs,
  };
}

function readIndex(path: string): EndpointEntry[] {
  const entries: EndpointEntry[] = [];
  try {
    parseElements(readRegular(path), (value) => {
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

/** A pipe in the file's place has nothing to read: waiting for its other end would block the service. */
function readRegular(path: string): string {
  const fd = openSync(path, READ_FLAGS);
  try {
    return fstatSync(fd).isFile() ? readFileSync(fd, 'utf8') : '';
  } finally {
    closeSync(fd);
  }
}
