import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** How the names of the scripts under `folder` begin: V8 names CommonJS scripts by path and ES modules by URL. */
export function scriptPrefixes(folder: string): string[] {
  const path = join(folder, sep);
  return [path, pathToFileURL(path).href];
}
