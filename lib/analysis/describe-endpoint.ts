import type { EndpointAnalysis, Trend } from '../core/analysis-result.js';
import { bytesToMb, mbToBytes } from '../core/units.js';
import type { Blame } from './blame/attribute-run.js';
import { rankConsumers } from './profiles/memory-consumers.js';
import type { RunRecords } from './profiles/run-records.js';
import { formatRate } from './units-in-words.js';

/** The figures of one endpoint's profiles in one run, with the blame that was found for it. */
export function describeEndpoint(subject: {
  readonly endpoint: string;
  readonly records: RunRecords;
  /** Requests finished, sampled or not, where the timeline tells. */
  readonly finished: number;
  readonly skipped: number;
  readonly blame: Blame;
}): EndpointAnalysis {
  const { endpoint, records, blame } = subject;
  const memory = records.memoryMb.describe();
  const latency = records.latencyMs.describe();
  const growthRateMbPerRequest = bytesToMb(blame.bytesPerRequest);
  const [low, high] = blame.interval;
  const growthIntervalMbPerRequest = [bytesToMb(low), bytesToMb(high)] as const;
  return {
    endpoint,
    verdict: blame.verdict,
    leakDetected: blame.verdict === 'leak',
    leakMessage: explainVerdict(
      blame,
      formatRate(growthRateMbPerRequest, growthIntervalMbPerRequest),
    ),
    requestCount: Math.max(records.requestCount, subject.finished),
    errorCount: records.errorCount,
    memoryMinMb: memory.min,
    memoryMaxMb: memory.max,
    memoryMeanMb: memory.mean,
    memoryMedianMb: memory.median,
    memoryP90Mb: memory.p90,
    memoryP99Mb: memory.p99,
    latencyMedianMs: latency.median,
    latencyP99Ms: latency.p99,
    growthRateMbPerRequest,
    growthIntervalMbPerRequest,
    ...(blame.share === undefined ? {} : { share: blame.share }),
    ...(blame.indistinguishableFrom.length === 0
      ? {}
      : { indistinguishableFrom: blame.indistinguishableFrom }),
    topConsumers: rankConsumers(records.captures),
    referenceRule: records.referenceRule.result(),
    skippedRecords: subject.skipped,
  };
}

/** The blame of an endpoint that is the only one known: the process's trend is its own. */
export function processBlame(trend: Trend): Blame {
  const [low, high] = trend.intervalMbPerRequest;

  return {
    verdict: trend.verdict,
    bytesPerRequest: mbToBytes(trend.slopeMbPerRequest),
    interval: [mbToBytes(low), mbToBytes(high)],
    indistinguishableFrom: [],
  };
}

function explainVerdict(blame: Blame, rate: string): string {
  const others = blame.indistinguishableFrom.join(', ');
  switch (blame.verdict) {
    case 'leak':
      return `Memory leak: ${rate}`;
    case 'growing':
      return `Memory grows by ${rate}; too early to tell a leak from a cache that fills`;
    case 'suspected':
      return `Memory may grow by ${rate}`;
    case 'load_confounded':
      return 'Memory grew together with the requests in flight';
    case 'step':
      return 'No leak: memory rose in one step and has held since';
    case 'plateau':
      return 'No leak: memory grew and leveled off';
    case 'stable':
      return 'No leak: memory is stable';
    case 'insufficient':
      return others === ''
        ? 'Too little data to tell'
        : `Memory grows, but the requests cannot be told apart from those of ${others}`;
  }
}
