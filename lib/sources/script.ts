import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A larger file is no source that a person reads, and its map takes seconds to parse. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What may be read: a profile that somebody sent must not make a report quote other files of this machine. */
const READABLE = /\.(?:[cm]?[jt]sx?|vue|svelte|map)$/i;

/** A text file as it is on this machine. */
export interface TextFile {
  readonly text: string;
  /** Last change, in ms since the epoch. */
  readonly changed: number;
}

/** The path of a script on this machine; `undefined` for built-in scripts and those that came over a network. */
export function localPath(script: string): string | undefined {
  const isUrl = /^[a-z][a-z0-9+.-]+:/i.test(script);
  if (!isUrl) return script === '' ? undefined : script;
  try {
    return script.startsWith('file:') ? fileURLToPath(script) : undefined;
  } catch {
    // A URL that is malformed, or names a path of another platform.
    return undefined;
  }
}

/** Reads a source or a source map. `undefined` when it is not here, is neither of them, or is too large. */
export async function readText(path: string): Promise<TextFile | undefined> {
  if (!READABLE.test(path)) return undefined;
  try {
    const { size, mtimeMs } = await stat(path);
    if (size > MAX_BYTES) return undefined;
    return { text: await readFile(path, 'utf8'), changed: mtimeMs };
  } catch {
    // Reports are made on any machine, so most often the sources are elsewhere.
    return undefined;
  }
}
