import { writeFile } from 'node:fs/promises';
import { CommandError } from './command-error.js';

/**
 * Writes what a command was asked to write.
 *
 * @throws {@link CommandError} when the file cannot be written.
 */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw new CommandError(`Cannot write ${path}`, { cause });
  }
}
