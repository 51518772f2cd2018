import { readFile, readlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CommandError } from './command-error.js';

const VARIABLE = 'HEAPTIDE_PROFILE_OUTPUT_DIR=';
const DEFAULT_DIRECTORY = 'endpoint_profiles';

/**
 * The directory that a process writes its profiles to: from its environment, or the default below its working directory.
 * What the service's own code sets cannot be seen.
 *
 * @throws {@link CommandError} where the system does not tell of other processes.
 */
export async function directoryOfProcess(pid: number): Promise<string> {
  try {
    const folder = await readlink(`/proc/${pid}/cwd`);
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    const entry = environment.split('\0').find((line) => line.startsWith(VARIABLE));
    return resolve(folder, entry?.slice(VARIABLE.length) ?? DEFAULT_DIRECTORY);
  } catch (cause) {
    throw new CommandError(
      `Cannot see the environment of process ${pid}; give its directory instead of --pid`,
      { cause },
    );
  }
}
