import type { EndpointAnalysis } from '../core/analysis-result.js';
import type { Profile } from '../core/profile.js';
import { describeEndpoint, processBlame } from './describe-endpoint.js';
import { gravestChannel } from './gravity.js';
import { EndpointRecords } from './profiles/run-records.js';
import { judgeRun, judgeRuns } from './run/judged-runs.js';
import { historyFromRecords } from './run/record-history.js';

/**
 * Analyzes the profiles of one endpoint: range and exact quantiles of used heap, latency, top consumers, the
 * reference's rule, and a verdict.
 *
 * The verdict rests on the floors that the records show, one for each record that follows a major GC. It is the
 * process's: profiles of one endpoint cannot tell whose growth it is, which `analyzeProfileDirectory` can. When the
 * profiles come from several runs, the one with the gravest verdict is described. 16 bytes are kept per profile.
 *
 * Profiles with a NaN, infinite or negative figure are left out and counted in `skippedRecords`.
 *
 * @param profiles - In the order in which the requests finished.
 */
export function analyzeEndpointMemory(
  profiles: Iterable<Profile>,
  options: { readonly endpoint?: string } = {},
): EndpointAnalysis {
  const records = new EndpointRecords(options.endpoint ?? '');
  for (const profile of profiles) records.add(profile);
  const [shown = judgeRun(historyFromRecords('', []))] = judgeRuns([], [records]);
  return describeEndpoint({
    endpoint: records.endpoint,
    records: records.of(shown.history.run),
    finished: 0,
    skipped: records.skipped,
    blame: processBlame(shown.trends[gravestChannel(shown.trends)]),
  });
}
