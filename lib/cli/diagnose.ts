import type { Diagnosis } from '../diagnosis/diagnose-directory.js';
import { withProgress } from './progress.js';

/** Reads and analyzes a directory, with a bar where it takes long. */
export async function diagnose(directory: string): Promise<Diagnosis> {
  const { diagnoseDirectory } = await import('../diagnosis/diagnose-directory.js');
  return withProgress((onProgress) => diagnoseDirectory(directory, { onProgress }));
}
