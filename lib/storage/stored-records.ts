import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { READ_FLAGS } from './array-extent.js';
import { elementText } from './array-layout.js';
import { isSharedFile, type SharedFile } from './directory-files.js';
import { readLines } from './lines.js';
import { listProfileFiles } from './load.js';
import { parseJson } from './parse-json.js';
import { openRegular } from './regular-file.js';

/** Which records of a run are in the files of an endpoint, by sequence number. Files of all writers are searched. */
export async function storedSequences(
  directory: string,
  { run, endpoint }: { readonly run: string; readonly endpoint: string },
): Promise<ReadonlySet<number>> {
  const beginning = `{"request_id":"${run}-`;
  const stored = new Set<number>();
  for (const file of await listProfileFiles(directory)) {
    if (file.endpoint !== endpoint) continue;
    for await (const line of linesOf(file.path)) {
      // A write that was cut short can end inside a line.
      if (line.startsWith(beginning) && parseJson(line) !== undefined) {
        stored.add(Number.parseInt(line.slice(beginning.length), 10));
      }
    }
  }
  return stored;
}

/** Those of `lines` that no writer's file has yet. */
export async function linesNotStored(
  directory: string,
  file: SharedFile,
  lines: readonly string[],
): Promise<readonly string[]> {
  const missing = new Set(lines);
  for (const name of await readdir(directory)) {
    if (missing.size === 0) break;
    if (!isSharedFile(name, file)) continue;
    for await (const line of linesOf(join(directory, name))) missing.delete(line);
  }
  return [...missing];
}

/** The lines of an array file, without the commas between elements. */
async function* linesOf(path: string): AsyncGenerator<string> {
  // A file that is missing, or replaced by something else, stores nothing.
  const handle = await openRegular(path, READ_FLAGS).catch(() => undefined);
  if (handle === undefined) return;
  try {
    for await (const bytes of readLines(handle)) yield elementText(bytes);
  } finally {
    await handle.close();
  }
}
