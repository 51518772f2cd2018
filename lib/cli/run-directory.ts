import { mkdir, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf } from '../core/errors.js';
import { DIRECTORY_MODE } from '../storage/permissions.js';
import { CommandError } from './command-error.js';

/** Folder of the runs whose directory is not named. */
export const RUNS = 'endpoint_profiles';

/** Where a run's profiles go. */
export interface RunDirectory {
  readonly path: string;
  /** Leaves no trace of a service that wrote nothing. */
  readonly removeIfEmpty: () => Promise<void>;
}

/** A directory that the user chose: it stays as it is. */
export function namedDirectory(path: string): RunDirectory {
  return { path: resolve(path), removeIfEmpty: async () => undefined };
}

/** Makes the directory that no other run has: several can begin within a second. */
export async function makeRunDirectory(started: Date): Promise<RunDirectory> {
  const folder = resolve(RUNS);
  const isNewFolder = await makeNew(folder);
  const name = join(folder, `run-${fileNameOf(started)}`);
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? name : `${name}-${number}`;
    if (!(await makeNew(path))) continue;
    const removeIfEmpty = async () => {
      await rmdir(path).catch(() => undefined);
      if (isNewFolder) await rmdir(folder).catch(() => undefined);
    };
    return { path, removeIfEmpty };
  }
}

/** Makes a directory; false where the name is taken. */
async function makeNew(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: DIRECTORY_MODE });
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw new CommandError(`Cannot make ${path}`, { cause });
  }
}

/** `2026-11-24T09-15-00`: colons are not allowed in file names everywhere. */
function fileNameOf(date: Date): string {
  return date.toISOString().slice(0, 19).replaceAll(':', '-');
}
