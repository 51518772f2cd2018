import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A path of these characters alone is part of its URL as it is. */
const PLAIN_PATH = /^\/[\w./-]*$/;

/** How the names of the scripts under `folder` begin: V8 names CommonJS scripts by path and ES modules by URL. */
export function scriptPrefixes(folder: string): string[] {
  const path = join(folder, sep);
  return [path, PLAIN_PATH.test(path) ? `file://${path}` : pathToFileURL(path).href];
}
