import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeProfile } from '../../lib/storage/profile-encoding.js';
import {
  encodeEndpoint,
  encodeStack,
  encodeTimelineEntry,
} from '../../lib/storage/timeline-encoding.js';
import type { SyntheticRun } from './synthetic-run.js';

/** A new empty directory for one test. */
export function temporaryDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'heaptide-test-'));
}

/** Writes what runs leave behind, as the service would have. */
export async function writeRuns(directory: string, runs: readonly SyntheticRun[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(directory, name), `[\n${lines.join(',\n')}\n]\n`);
  await write(
    '_timeline.json',
    runs.flatMap(({ timeline }) => timeline.map(encodeTimelineEntry)),
  );
  await write(
    '_stacks.json',
    runs.flatMap(({ stacks }) => stacks.map(encodeStack)),
  );
  await write(
    '_endpoints.json',
    runs.flatMap(({ endpoints }) => endpoints.map(encodeEndpoint)),
  );
  const entries = new Map(
    runs.flatMap(({ endpoints }) =>
      endpoints.map(({ endpoint, file }) => [endpoint, file] as const),
    ),
  );
  for (const [endpoint, file] of entries) {
    const profiles = runs.flatMap((run) => run.profiles.get(endpoint) ?? []);
    await write(file, profiles.map(encodeProfile));
  }
}
