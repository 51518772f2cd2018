import { codeOf, isHeapTideError } from '../core/errors.js';

/** What `open` says of a file that may not be read, and of a link that leads nowhere. */
const UNREADABLE_CODES: readonly unknown[] = ['EACCES', 'EPERM', 'ENOENT'];

/** Says in a sentence that a file of a directory is left out. Throws an error that is not about this one file. */
export function describeLeftOut(error: unknown): string {
  const isOfFile = isHeapTideError(error) || UNREADABLE_CODES.includes(codeOf(error));
  if (error instanceof Error && isOfFile) return `A file is left out. ${error.message}`;
  throw error;
}
