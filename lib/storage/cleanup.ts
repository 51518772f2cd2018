import { rmSync } from 'node:fs';
import type { FileMemory } from '../core/file-memory.js';
import { validateNumber, validateObject } from '../core/validation.js';
import { type OwnFile, ownFiles } from './own-files.js';
import { whileNobodyWrites } from './writer-lock.js';

const LONGEST_AGE_MS = 315_360_000_000;
const LARGEST_SIZE = 2 ** 50;

/** What a cleanup leaves. */
export interface CleanupOptions {
  /** Deletes files that were not written for this time, in ms. Minimum 0, maximum ten years. No limit by default. */
  readonly maxAgeMs?: number;
  /** Deletes the files written longest ago until the rest has at most this many bytes. No limit by default. */
  readonly maxBytes?: number;
}

/** What a cleanup did. */
export interface CleanupResult {
  /** Paths of the deleted files. */
  readonly deleted: readonly string[];
  readonly freedBytes: number;
  /** Bytes of the files that are left. */
  readonly leftBytes: number;
}

/**
 * Deletes heaptide's own files by age and total size, the set-aside and the oldest first. Files of a writer that is
 * running stay: what they keep is in the profiler's options.
 *
 * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` when an option is wrong. Errors of the file system.
 */
export async function cleanUp(
  directory: string,
  options: CleanupOptions,
  fileMemory: FileMemory | undefined,
): Promise<CleanupResult> {
  const { maxAgeMs, maxBytes } = validated(options);
  const files = (await ownFiles(directory)).sort(bySacrifice);
  const writtenBefore = Date.now() - maxAgeMs;
  let leftBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let freedBytes = 0;
  const deleted: string[] = [];
  for (const { path, bytes, modified, writer } of files) {
    if (modified >= writtenBefore && leftBytes <= maxBytes) continue;
    const isDeleted = whileNobodyWrites(directory, { fileMemory, writer }, () => {
      rmSync(path, { force: true });
      return true;
    });
    if (isDeleted !== true) continue;
    deleted.push(path);
    freedBytes += bytes;
    leftBytes -= bytes;
  }
  return { deleted, freedBytes, leftBytes };
}

function validated(options: unknown): Required<CleanupOptions> {
  const { maxAgeMs = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } =
    validateObject('options', options);
  return {
    maxAgeMs: limit('maxAgeMs', maxAgeMs, LONGEST_AGE_MS),
    maxBytes: limit('maxBytes', maxBytes, LARGEST_SIZE),
  };
}

function limit(name: string, value: unknown, max: number): number {
  return value === Number.POSITIVE_INFINITY ? value : validateNumber(name, value, { min: 0, max });
}

function bySacrifice(a: OwnFile, b: OwnFile): number {
  return rank(a) - rank(b) || a.modified - b.modified;
}

function rank({ kind }: OwnFile): number {
  return kind === 'set-aside' ? 0 : 1;
}
