import { writeFile } from 'node:fs/promises';

/** Writes what a command was asked to write. An error says that it is about the output. */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (error) {
    throw new OutputError(path, error);
  }
}

/** A file that cannot be written. */
export class OutputError extends Error {
  constructor(path: string, cause: unknown) {
    super(`Cannot write ${path}`, { cause });
  }
}
