import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ProfilerOptions } from '../../../lib/core/options.js';
import type { Profile } from '../../../lib/core/profile.js';
import { EndpointProfiler } from '../../../lib/profiler/endpoint-profiler.js';
import { listProfileFiles, loadProfileData } from '../../../lib/storage/load.js';

/** A running profiler with a directory of its own, both gone when the test is over. */
export function temporaryProfiler(options: ProfilerOptions = {}): EndpointProfiler {
  const profiler = new EndpointProfiler({
    enabled: true,
    outputDir: temporaryDirectory(),
    probe: { enabled: false },
    ...options,
  });
  onTestFinished(() => profiler.stop());
  return profiler;
}

/** A directory that is gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'profiles');
}

/** The records of an endpoint that are in its file; none when it has no file. */
export async function storedRecords(directory: string, endpoint: string): Promise<Profile[]> {
  const files = await listProfileFiles(directory).catch(() => []);
  const file = files.find((entry) => entry.endpoint === endpoint);
  return file === undefined ? [] : loadProfileData(file.path);
}
