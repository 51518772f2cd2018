import type { Analysis } from '../core/analysis-result.js';
import { diagnoseDirectory } from './diagnose-directory.js';

/**
 * Analyzes a profile directory: whether the service leaks, how fast, which endpoint does it, and in which functions.
 *
 * Reads every file of the directory once, as a stream, and writes nothing. Files of several processes are read
 * together; their runs are judged one by one, and the one with the gravest verdict is described. Files that hold no
 * profiles are left out with a warning. Functions are named as in the sources that source maps lead to.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when the directory holds no profiles. Errors of the
 * file system, such as `ENOENT` and `ENOTDIR`, as they are.
 */
export async function analyzeProfileDirectory(directory: string): Promise<Analysis> {
  return (await diagnoseDirectory(directory)).analysis;
}
