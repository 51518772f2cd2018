import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { HeapTideError } from '../core/errors.js';
import { isNotAFile } from './array-extent.js';

/** To read only, and without waiting for the other end of a pipe. */
const FOLLOW_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Opens a regular file to read it. Follows symbolic links, unless `flags` forbid it.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when something else has the name.
 */
export async function openRegular(path: string, flags = FOLLOW_FLAGS): Promise<FileHandle> {
  const handle = await open(path, flags).catch((error: unknown) => {
    throw isNotAFile(error) ? notRegular(path) : error;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notRegular(path);
}

function notRegular(path: string): HeapTideError {
  const detail = `${path}: it is not a regular file`;
  return new HeapTideError('ERR_HEAPTIDE_INVALID_PROFILE_FILE', detail);
}
