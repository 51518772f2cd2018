import type { ProfilerOptions } from '../../lib/core/options.js';
import type { Profile, StackFrame } from '../../lib/core/profile.js';
import type { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';
import { listProfileFiles, loadProfileData } from '../../lib/storage/load.js';
import { temporaryDirectory, temporaryProfiler } from '../native/profiler/temporary-profiler.js';

/** A running profiler and what it has recorded. */
export interface RecordingProfiler {
  readonly profiler: EndpointProfiler;
  /** Ends the profiling and returns the records by endpoint. */
  readonly records: () => Promise<Record<string, readonly Profile[]>>;
  /** The functions that serve the endpoints. */
  readonly handlers: () => Promise<Record<string, StackFrame | undefined>>;
}

export function recordingProfiler(options: ProfilerOptions = {}): RecordingProfiler {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({ outputDir, ...options });
  return {
    profiler,
    async records() {
      await profiler.stop();
      return recordsIn(outputDir);
    },
    async handlers() {
      await profiler.stop();
      const files = await listProfileFiles(outputDir);
      return Object.fromEntries(files.map(({ endpoint, handler }) => [endpoint, handler]));
    },
  };
}

/** All records of a directory, by endpoint. */
export async function recordsIn(directory: string): Promise<Record<string, readonly Profile[]>> {
  const files = await listProfileFiles(directory);
  const entries = files.map(async ({ endpoint, path }) => [endpoint, await loadProfileData(path)]);
  return Object.fromEntries(await Promise.all(entries));
}

/** The statuses of all records, by endpoint. */
export function statusesOf(records: Record<string, readonly Profile[]>): Record<string, number[]> {
  const entries = Object.entries(records);
  return Object.fromEntries(entries.map(([name, all]) => [name, all.map((r) => r.statusCode)]));
}
