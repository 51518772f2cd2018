import type { Diagnosis } from '../diagnosis/diagnose-directory.js';
import { withProgress } from './progress.js';

/** Reads and analyzes a directory, or only some of its runs, with a bar where it takes long. */
export async function diagnose(directory: string, runs?: ReadonlySet<string>): Promise<Diagnosis> {
  const { diagnoseDirectory } = await import('../diagnosis/diagnose-directory.js');
  const only = runs && { runs };
  return withProgress((onProgress) => diagnoseDirectory(directory, { onProgress, ...only }));
}
