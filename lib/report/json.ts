import type {
  Analysis,
  EndpointAnalysis,
  FileAnalysis,
  GrowingSite,
  Interval,
  MemoryConsumer,
  ReferenceRule,
  RunOverhead,
  Trend,
} from '../core/analysis-result.js';
import type { LastCapture } from '../core/last-capture.js';
import type { AllocationSite } from '../core/profile.js';

type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** How many rows a report shows. */
export interface RowLimits {
  /** Growing functions. */
  readonly growth: number;
  /** Top consumers of each endpoint. */
  readonly top: number;
}

/**
 * The analysis as JSON text, schema `heaptide.analysis/1`: snake_case keys in a stable order. What bounds nothing
 * (infinite) is `null`. Names that come from the application, such as endpoints, stay as they are.
 */
export function toJson(analysis: Analysis | FileAnalysis, limits: RowLimits): string {
  const { top } = limits;
  const ownFigures = 'endpoint' in analysis ? endpointJson(analysis, top) : {};
  // `JSON.stringify` writes null for a number that is not finite.
  return JSON.stringify({ ...analysisJson(analysis, limits), ...ownFigures }, null, 2);
}

function analysisJson(analysis: Analysis, { growth, top }: RowLimits): JsonObject {
  return {
    schema: analysis.schema,
    verdict: analysis.verdict,
    confidence: analysis.confidence,
    summary: analysis.summary,
    runs: analysis.runs.map((run) => ({
      run: run.run,
      pid: run.pid,
      thread: run.thread,
      started: run.started,
      requests: run.requests,
      open_requests: run.openRequests,
      ended: run.ended,
      ...optional('overhead', run.overhead && overheadJson(run.overhead)),
      ...optional('last_capture', run.lastCapture && lastCaptureJson(run.lastCapture)),
    })),
    trends: {
      heap: trendJson(analysis.trends.heap),
      external: trendJson(analysis.trends.external),
      native: trendJson(analysis.trends.native),
    },
    endpoints: analysis.endpoints.map((endpoint) => endpointJson(endpoint, top)),
    unattributed_share: analysis.unattributedShare,
    growing_sites: analysis.growingSites.slice(0, growth).map(growingSiteJson),
    warnings: analysis.warnings,
  };
}

function overheadJson(overhead: RunOverhead): JsonObject {
  return {
    elapsed_ms: overhead.elapsedMs,
    probes: overhead.probes,
    probe_pause_ms: overhead.probePauseMs,
    ...optional('probe_cpu_ms', overhead.probeCpuMs),
    site_read_ms: overhead.siteReadMs,
    self_mb: overhead.selfMb,
  };
}

function lastCaptureJson({ timestamp, heap, sites }: LastCapture): JsonObject {
  const live = sites?.map((site) => ({
    function: site.function,
    file: site.file,
    line: site.line,
    column: site.column,
    live_mb: site.liveMb,
    live_sd_mb: site.liveSdMb,
    live_count: site.liveCount,
    stack: site.stack,
  }));
  return {
    timestamp,
    used_mb: heap.usedMb,
    limit_mb: heap.limitMb,
    ...optional('sites', live),
  };
}

function trendJson(trend: Trend): JsonObject {
  const { evidence } = trend;
  return {
    verdict: trend.verdict,
    slope_mb_per_request: trend.slopeMbPerRequest,
    interval_mb_per_request: intervalJson(trend.intervalMbPerRequest),
    slope_mb_per_hour: trend.slopeMbPerHour,
    points: trend.points,
    growth_confidence: trend.growthConfidence,
    leak_probability: trend.leakProbability,
    ...optional('below_bytes_per_request', trend.belowBytesPerRequest),
    ...optional('if_cache', trend.ifCache),
    ...optional('hours_to_limit', trend.hoursToLimit),
    evidence: {
      p_full: evidence.pFull,
      p_tail: evidence.pTail,
      rise_full_bytes: evidence.riseFullBytes,
      rise_tail_bytes: evidence.riseTailBytes,
      noise_bytes: evidence.noiseBytes,
      deceleration_ratio: evidence.decelerationRatio,
      load_bytes_per_in_flight: evidence.loadBytesPerInFlight,
      ...optional('onset_request', evidence.onsetRequest),
      explanation: evidence.explanation,
    },
  };
}

function endpointJson(endpoint: EndpointAnalysis, top: number): JsonObject {
  return {
    endpoint: endpoint.endpoint,
    verdict: endpoint.verdict,
    leak_detected: endpoint.leakDetected,
    leak_message: endpoint.leakMessage,
    request_count: endpoint.requestCount,
    error_count: endpoint.errorCount,
    growth_rate_mb_per_request: endpoint.growthRateMbPerRequest,
    growth_interval_mb_per_request: intervalJson(endpoint.growthIntervalMbPerRequest),
    ...optional('share', endpoint.share),
    ...optional('indistinguishable_from', endpoint.indistinguishableFrom),
    memory_min_mb: endpoint.memoryMinMb,
    memory_max_mb: endpoint.memoryMaxMb,
    memory_mean_mb: endpoint.memoryMeanMb,
    memory_median_mb: endpoint.memoryMedianMb,
    memory_p90_mb: endpoint.memoryP90Mb,
    memory_p99_mb: endpoint.memoryP99Mb,
    latency_median_ms: endpoint.latencyMedianMs,
    latency_p99_ms: endpoint.latencyP99Ms,
    top_consumers: endpoint.topConsumers.slice(0, top).map(consumerJson),
    reference_rule: referenceRuleJson(endpoint.referenceRule),
    skipped_records: endpoint.skippedRecords,
  };
}

function referenceRuleJson(rule: ReferenceRule): JsonObject {
  return {
    leak_detected: rule.leakDetected,
    slope_mb_per_request: rule.slopeMbPerRequest,
    r_squared: rule.rSquared,
    p_value: rule.pValue,
    coefficient_of_variation: rule.coefficientOfVariation,
    message: rule.message,
  };
}

function siteJson(site: AllocationSite): JsonObject {
  return {
    function: site.function,
    file: site.file,
    line: site.line,
    column: site.column,
    live_mb: site.liveMb,
    live_sd_mb: site.liveSdMb,
    live_count: site.liveCount,
    growth_mb: site.growthMb,
  };
}

function consumerJson(consumer: MemoryConsumer): JsonObject {
  return {
    ...siteJson(consumer),
    mean_mb: consumer.meanMb,
    max_mb: consumer.maxMb,
    share: consumer.share,
    captures: consumer.captures,
    stack: consumer.stack,
  };
}

function growingSiteJson(site: GrowingSite): JsonObject {
  return {
    ...siteJson(site),
    growth_mb_per_request: site.growthMbPerRequest,
    channel: site.channel,
    stack: site.stack,
    endpoints: site.endpoints,
  };
}

function intervalJson([low, high]: Interval): JsonValue {
  return [low, high];
}

/** The key with its value, or nothing when there is no value. */
function optional(key: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [key]: value };
}
