import { analyzeEvidence, type Evidence } from '../analysis/analyze-evidence.js';
import type { Analysis } from '../core/analysis-result.js';
import { Sources } from '../sources/sources.js';
import { withOriginalSites, withOriginalStacks } from './original-sources.js';
import { type EvidenceOptions, readEvidence } from './read-evidence.js';

/** The analysis of a directory with what it rests on. */
export interface Diagnosis {
  readonly analysis: Analysis;
  readonly evidence: Evidence;
  readonly sources: Sources;
}

/**
 * Reads a profile directory and analyzes it. Functions are named as in the sources that their source maps lead to.
 *
 * @throws What {@link readEvidence} throws.
 */
export async function diagnoseDirectory(
  directory: string,
  options: EvidenceOptions = {},
): Promise<Diagnosis> {
  const sources = new Sources();
  const evidence = await withOriginalStacks(await readEvidence(directory, options), sources);
  const analysis = await withOriginalSites(analyzeEvidence(evidence), sources);
  return { analysis, evidence, sources };
}
