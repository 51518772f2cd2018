import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, HeapTideError } from '../core/errors.js';
import type { Profile, StackFrame } from '../core/profile.js';
import type { EndpointEntry, StackEntry, TimelineEntry } from '../core/timeline.js';
import { baseNameOf, isProfileFile, isSharedFile, type SharedFile } from './directory-files.js';
import { type ReadCount, type ReadOptions, readElements } from './elements.js';
import type { Decoded } from './json-fields.js';
import { describeLeftOut } from './left-out.js';
import { decodeProfile } from './profile-decoding.js';
import { decodeEndpoint, decodeStack, decodeTimelineEntry } from './timeline-decoding.js';

/** The file that holds an endpoint's profiles. */
export interface ProfileFile {
  readonly path: string;
  /** The endpoint's own name; the file's name without extension where the index does not know it. */
  readonly endpoint: string;
  /** Where the function that serves the endpoint starts, where it is known. */
  readonly handler?: StackFrame;
}

/** The usable entries of files, and how many were not. */
export interface Entries<T> {
  readonly entries: readonly T[];
  readonly skipped: number;
  /** Which files could not be read, in sentences. */
  readonly problems: readonly string[];
}

/**
 * Reads the profiles of a file one by one, in file order. Memory does not grow with the file.
 *
 * Takes what {@link loadProfileData} takes.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when nothing in the file is a profile.
 */
export async function readProfiles(
  path: string,
  onProfile: (profile: Profile) => void,
  options: ReadOptions = {},
): Promise<ReadCount> {
  let firstProblem: string | undefined;
  let isRecognized = false;
  const visit = (value: unknown): boolean => {
    const decoded = decodeProfile(value);
    if ('value' in decoded) {
      onProfile(decoded.value);
      return true;
    }
    firstProblem ??= decoded.problem;
    isRecognized ||= hasRequestId(value);
    return false;
  };
  const count = await readElements(path, visit, options);
  if (count.read === 0 && count.skipped > 0 && !isRecognized) {
    const reason = firstProblem ?? 'it holds no JSON objects that can be parsed';
    throw new HeapTideError('ERR_HEAPTIDE_INVALID_PROFILE_FILE', `${path}: ${reason}`);
  }
  return count;
}

/**
 * Loads all profiles of a file.
 *
 * Takes a JSON array in any layout and one JSON object per line, with or without byte order mark. Records that are cut
 * off, damaged or have an impossible field are left out; {@link readProfiles} counts them.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when nothing in the file is a profile. Errors of the
 * file system, such as `ENOENT`, as they are.
 */
export async function loadProfileData(path: string): Promise<Profile[]> {
  const profiles: Profile[] = [];
  await readProfiles(path, (profile) => profiles.push(profile));
  return profiles;
}

/** Reads the timelines of a profile directory, one writer's after the other's, in file order. */
export function readTimeline(directory: string): Promise<Entries<TimelineEntry>> {
  return readShared(directory, '_timeline', decodeTimelineEntry);
}

/** Reads the stacks that the timeline refers to. Empty when there are none. */
export function readStacks(directory: string): Promise<Entries<StackEntry>> {
  return readShared(directory, '_stacks', decodeStack);
}

/** Reads which file belongs to which endpoint. Empty when there is no index. */
export function readEndpoints(directory: string): Promise<Entries<EndpointEntry>> {
  return readShared(directory, '_endpoints', decodeEndpoint);
}

/**
 * Lists the files of a profile directory that hold profiles, sorted by endpoint.
 *
 * @throws Errors of the file system, such as `ENOENT` and `ENOTDIR`.
 */
export async function listProfileFiles(directory: string): Promise<ProfileFile[]> {
  return listIndexedFiles(directory, (await readEndpoints(directory)).entries);
}

/** As {@link listProfileFiles}, where the index is read already. */
export async function listIndexedFiles(
  directory: string,
  index: readonly EndpointEntry[],
): Promise<ProfileFile[]> {
  const names = (await readdir(directory)).filter(isProfileFile);
  // The last entry of a file wins: a deployment moves handlers.
  const known = new Map<string, EndpointEntry>(index.map((entry) => [entry.file, entry]));
  const files = names.map((name): ProfileFile => {
    const path = join(directory, name);
    const entry = known.get(name);
    if (entry === undefined) return { path, endpoint: baseNameOf(name) };
    const { endpoint, handler } = entry;
    return { path, endpoint, ...(handler && { handler }) };
  });
  return files.sort((a, b) => compare(a.endpoint, b.endpoint) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Reads that file of all writers. Empty when there is none. */
async function readShared<T>(
  directory: string,
  file: SharedFile,
  decode: (value: unknown) => Decoded<T>,
): Promise<Entries<T>> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  const own = names.filter((candidate) => isSharedFile(candidate, file)).sort();
  return readEntries(
    own.map((name) => join(directory, name)),
    decode,
  );
}

/** Reads files one after the other. Those that cannot be read are left out. */
export async function readEntries<T>(
  paths: readonly string[],
  decode: (value: unknown) => Decoded<T>,
): Promise<Entries<T>> {
  const entries: T[] = [];
  const problems: string[] = [];
  let skipped = 0;
  const visit = (value: unknown): boolean => {
    const decoded = decode(value);
    if ('value' in decoded) entries.push(decoded.value);
    return 'value' in decoded;
  };
  for (const path of paths) {
    try {
      skipped += (await readElements(path, visit)).skipped;
    } catch (error) {
      problems.push(describeLeftOut(error));
    }
  }
  return { entries, skipped, problems };
}

function hasRequestId(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'request_id' in value;
}
