import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type LiveStack, topConsumers } from '../capture/top-consumers.js';
import type { LastCapture, LastSite } from '../core/last-capture.js';
import type { HeapStatistics } from '../core/profile.js';
import { bytesToMb } from '../core/units.js';
import type { Decoded, JsonRecord } from './json-fields.js';
import { amount, amounts, asRecord, decoding, has, list, object, text } from './json-fields.js';
import { isLastCapture } from './last-capture-file.js';
import { type Entries, readEntries } from './load.js';
import { stackFrame } from './profile-decoding.js';
import { runProcess } from './timeline-decoding.js';

/** Captures that stay in a directory: a service that dies of its heap again and again does not fill the disk. */
const KEPT_CAPTURES = 20;

/** Functions of a capture, by live memory. */
const MAX_SITES = 20;

/** Reads the last captures of a profile directory, the latest last. */
export async function readLastCaptures(directory: string): Promise<Entries<LastCapture>> {
  const paths = (await captureFiles(directory)).map((name) => join(directory, name));
  const read = await readEntries(paths, decodeLastCapture);
  return { ...read, entries: read.entries.toSorted((a, b) => a.timestamp - b.timestamp) };
}

/** Removes all but the latest captures of a directory. */
export async function pruneLastCaptures(directory: string): Promise<void> {
  const names = await captureFiles(directory);
  if (names.length <= KEPT_CAPTURES) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(directory, name);
      return { path, modified: (await stat(path)).mtimeMs };
    }),
  );
  const oldestFirst = files.sort((a, b) => a.modified - b.modified);
  await Promise.all(oldestFirst.slice(0, -KEPT_CAPTURES).map(({ path }) => unlink(path)));
}

async function captureFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter(isLastCapture);
}

function decodeLastCapture(value: unknown): Decoded<LastCapture> {
  return decoding(value, (record) => ({
    run: text(record, 'run'),
    started: amount(record, 'started'),
    process: runProcess(object(record, 'process')),
    timestamp: amount(record, 'timestamp'),
    heap: heapInMb(object(record, 'heap'), amounts(record, 'spaces')),
    ...(has(record, 'sites') && { sites: sitesOf(list(record, 'sites', liveStack)) }),
  }));
}

function heapInMb(record: JsonRecord, spaces: Readonly<Record<string, number>>): HeapStatistics {
  const mb = (key: string) => bytesToMb(amount(record, key));
  return {
    usedMb: mb('used'),
    totalMb: mb('total'),
    limitMb: mb('limit'),
    externalMb: mb('external'),
    mallocedMb: mb('malloced'),
    rssMb: mb('rss'),
    spaces: Object.fromEntries(
      Object.entries(spaces).map(([name, bytes]) => [name, bytesToMb(bytes)]),
    ),
  };
}

function liveStack(value: unknown): LiveStack {
  const record = asRecord(value, 'sites');
  return {
    liveBytes: amount(record, 'live_bytes'),
    liveCount: amount(record, 'live_count'),
    variance: amount(record, 'variance'),
    growthBytes: 0,
    frames: list(record, 'frames', (frame) => stackFrame(asRecord(frame, 'frames'))),
  };
}

function sitesOf(stacks: readonly LiveStack[]): LastSite[] {
  return topConsumers(stacks, MAX_SITES).map(({ growthMb: _, ...site }) => site);
}
