import { basename, dirname, resolve } from 'node:path';
import { analyzeEndpointMemory } from '../analysis/analyze-endpoint-memory.js';
import { analyzeEvidence, confidenceIn, type Evidence } from '../analysis/analyze-evidence.js';
import { EndpointRecords } from '../analysis/profiles/run-records.js';
import type { Analysis, EndpointAnalysis, FileAnalysis } from '../core/analysis-result.js';
import { Sources } from '../sources/sources.js';
import { listIndexedFiles, readEndpoints, readProfiles } from '../storage/load.js';
import { withOriginalSites, withOriginalStacks } from './original-sources.js';
import { recoverProfileDirectory } from './recover-directory.js';
import { ofRuns, readSurroundings } from './surroundings.js';

/**
 * Analyzes one profile file: the analysis of a directory with one endpoint and no shares, and that endpoint's figures at
 * the top level too.
 *
 * The timeline beside the file is used when there is one: then the endpoint's verdict and rate are its own, and the
 * trends are the process's. Without it, floors are taken from the records, and the verdict is the process's. Only runs
 * that the file has profiles of are looked at. Reads the file once, as a stream.
 *
 * @throws {@link HeapTideError} `ERR_HEAPTIDE_INVALID_PROFILE_FILE` when the file is not a profile file. Errors of the
 * file system, such as `ENOENT`, as they are.
 */
export async function analyzeProfileFile(path: string): Promise<FileAnalysis> {
  const directory = dirname(resolve(path));
  await recoverProfileDirectory(directory);
  const index = await readEndpoints(directory);
  const files = await listIndexedFiles(directory, index.entries);
  const own = files.find((file) => resolve(file.path) === resolve(path));
  const records = new EndpointRecords(own?.endpoint ?? basename(path, '.json'));
  const { skipped } = await readProfiles(path, (profile) => records.add(profile));
  records.skipped += skipped;
  const surroundings = ofRuns(await readSurroundings(directory), records.runs);
  const sources = new Sources();
  const problems = [...index.problems, ...surroundings.problems];
  const evidence = { ...surroundings, handlers: files, problems };
  const analysis = analyzeOne(records, await withOriginalStacks(evidence, sources));
  return withOriginalSites(analysis, sources);
}

function analyzeOne(records: EndpointRecords, evidence: Omit<Evidence, 'records'>): FileAnalysis {
  const whole = analyzeEvidence({ ...evidence, records: [records] });
  const { share: _, ...endpoint } =
    whole.endpoints.find((one) => one.endpoint === records.endpoint) ??
    analyzeEndpointMemory([], { endpoint: records.endpoint });
  return {
    ...whole,
    ...endpoint,
    confidence: confidenceIn(endpoint.verdict, whole.trends),
    summary: summarizeOne(endpoint, whole),
    endpoints: [endpoint],
    unattributedShare: 0,
  };
}

/** The process's summary names other endpoints, so it does not stand for one that is judged otherwise. */
function summarizeOne(endpoint: EndpointAnalysis, whole: Analysis): string {
  if (endpoint.verdict === whole.verdict) return whole.summary;
  return `${endpoint.endpoint}: ${endpoint.leakMessage} (the whole process: ${whole.summary})`;
}
