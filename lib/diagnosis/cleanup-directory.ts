import { loadBinding } from '../binding/load.js';
import { type CleanupOptions, type CleanupResult, cleanUp } from '../storage/cleanup.js';
import { recoverProfileDirectory } from './recover-directory.js';

/**
 * Deletes heaptide's own files of a directory by age and total size, the ones written longest ago first. What killed
 * processes left in their journals is recovered before. Files of a process that is running stay, and so do all other
 * files.
 *
 * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` when an option is wrong. Errors of the file system, such as `ENOENT`.
 */
export async function cleanup(
  directory: string,
  options: CleanupOptions = {},
): Promise<CleanupResult> {
  await recoverProfileDirectory(directory);
  return cleanUp(directory, options, loadBinding().binding?.fileMemory);
}
