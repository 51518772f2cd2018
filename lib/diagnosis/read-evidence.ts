import { stat } from 'node:fs/promises';
import type { Evidence } from '../analysis/analyze-evidence.js';
import { EndpointRecords } from '../analysis/profiles/run-records.js';
import { HeapTideError } from '../core/errors.js';
import { describeLeftOut } from '../storage/left-out.js';
import {
  listIndexedFiles,
  type ProfileFile,
  readEndpoints,
  readProfiles,
} from '../storage/load.js';
import { recoverProfileDirectory } from './recover-directory.js';
import { ofRuns, readSurroundings } from './surroundings.js';

/** What is read, and who wants to know how far that is. */
export interface EvidenceOptions {
  /** The runs to read of; all by default. */
  readonly runs?: ReadonlySet<string>;
  /** Hears of the share done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Reads what a profile directory holds, every file once, as a stream, after a recovery of what killed processes left.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when the directory holds no profiles. Errors of the
 * file system, such as `ENOENT` and `ENOTDIR`, as they are.
 */
export async function readEvidence(
  directory: string,
  options: EvidenceOptions = {},
): Promise<Evidence> {
  await recoverProfileDirectory(directory);
  const index = await readEndpoints(directory);
  const files = await listIndexedFiles(directory, index.entries);
  const whole = await readSurroundings(directory);
  const surroundings = options.runs === undefined ? whole : ofRuns(whole, options.runs);
  const { records, problems } = await readRecords(files, options);
  const { timeline, lastCaptures } = surroundings;
  if (records.length + timeline.length + lastCaptures.length === 0) {
    throw new HeapTideError(
      'ERR_HEAPTIDE_INVALID_PROFILE_FILE',
      `the directory ${directory} holds no profiles`,
    );
  }
  return {
    ...surroundings,
    records,
    handlers: files,
    problems: [...index.problems, ...surroundings.problems, ...problems],
  };
}

/** One file after another: parsing is bound by the processor, and so only one is in memory. */
async function readRecords(
  files: readonly ProfileFile[],
  { onProgress, runs }: EvidenceOptions,
): Promise<{
  readonly records: readonly EndpointRecords[];
  readonly problems: readonly string[];
}> {
  const byEndpoint = new Map<string, EndpointRecords>();
  const problems: string[] = [];
  const onBytes = onProgress && (await bytesInto(files, onProgress));
  for (const { path, endpoint } of files) {
    const records = byEndpoint.get(endpoint) ?? new EndpointRecords(endpoint);
    try {
      const { skipped } = await readProfiles(
        path,
        (profile) => {
          if (runs?.has(profile.run) !== false) records.add(profile);
        },
        onBytes && { onBytes },
      );
      records.skipped += skipped;
      byEndpoint.set(endpoint, records);
    } catch (error) {
      problems.push(describeLeftOut(error));
    }
  }
  return { records: [...byEndpoint.values()], problems };
}

/** Counts bytes, and tells the share of all files that they are. A file that grows meanwhile does not go beyond 1. */
async function bytesInto(
  files: readonly ProfileFile[],
  onProgress: (share: number) => void,
): Promise<(count: number) => void> {
  const sizes = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  return (count) => {
    done += count;
    onProgress(Math.min(1, done / total));
  };
}
