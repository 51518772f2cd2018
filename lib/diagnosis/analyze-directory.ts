import { analyzeEvidence } from '../analysis/analyze-evidence.js';
import type { Analysis } from '../core/analysis-result.js';
import { readEvidence } from './read-evidence.js';

/**
 * Analyzes a profile directory: whether the service leaks, how fast, which endpoint does it, and in which functions.
 *
 * Reads every file of the directory once, as a stream, and writes nothing. Files of several processes are read
 * together; their runs are judged one by one, and the one with the gravest verdict is described. Files that hold no
 * profiles are left out with a warning.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when the directory holds no profiles. Errors of the
 * file system, such as `ENOENT` and `ENOTDIR`, as they are.
 */
export async function analyzeProfileDirectory(directory: string): Promise<Analysis> {
  return analyzeEvidence(await readEvidence(directory));
}
