import type {
  AllocationSite,
  GcStats,
  HeapStatistics,
  LightweightProfile,
  Profile,
  StackFrame,
} from '../core/profile.js';
import { CAPTURE_REASONS } from '../core/profile.js';
import type { Decoded, JsonRecord } from './json-fields.js';
import {
  amount,
  amounts,
  asRecord,
  asText,
  choice,
  count,
  countPair,
  decoding,
  finite,
  has,
  list,
  object,
  text,
} from './json-fields.js';
import type { CapturedFields } from './profile-encoding.js';

/** The profile in a parsed JSON value. */
export function decodeProfile(value: unknown): Decoded<Profile> {
  return decoding(value, (record) => {
    const profile = lightweightProfile(record);
    return !has(record, 'reason') ? profile : { ...profile, ...detailFrom(record) };
  });
}

function lightweightProfile(record: JsonRecord): LightweightProfile {
  return {
    requestId: text(record, 'request_id'),
    timestamp: amount(record, 'timestamp'),
    memoryMb: amount(record, 'memory_mb'),
    memoryDeltaMb: finite(record, 'memory_delta_mb'),
    allocatedMb: finite(record, 'allocated_mb'),
    externalMb: amount(record, 'external_mb'),
    rssMb: amount(record, 'rss_mb'),
    latencyMs: amount(record, 'latency_ms'),
    statusCode: count(record, 'status_code'),
    inFlight: count(record, 'in_flight'),
    gc: countPair(record, 'gc'),
    floorMb: amount(record, 'floor_mb'),
    run: text(record, 'run'),
    ...(has(record, 'error_message') && { errorMessage: text(record, 'error_message') }),
  };
}

function detailFrom(record: JsonRecord): CapturedFields {
  return {
    reason: choice(record, 'reason', CAPTURE_REASONS),
    ...(has(record, 'top_consumers') && {
      topConsumers: list(record, 'top_consumers', allocationSite),
    }),
    gcStats: gcStatistics(object(record, 'gc_stats')),
    heap: heapStatistics(object(record, 'heap')),
  };
}

function allocationSite(value: unknown): AllocationSite {
  const record = asRecord(value, 'top_consumers');
  return {
    ...stackFrame(record),
    liveMb: amount(record, 'live_mb'),
    liveSdMb: amount(record, 'live_sd_mb'),
    liveCount: amount(record, 'live_count'),
    growthMb: finite(record, 'growth_mb'),
    stack: list(record, 'stack', (frame) => asText(frame, 'stack')),
  };
}

/** The frame in a JSON object. */
export function stackFrame(record: JsonRecord): StackFrame {
  return {
    function: text(record, 'function'),
    file: text(record, 'file'),
    line: count(record, 'line'),
    column: count(record, 'column'),
  };
}

function gcStatistics(record: JsonRecord): GcStats {
  return {
    ...gcCounters(record),
    floorMb: amount(record, 'floor_mb'),
    sinceLastCapture: gcCounters(object(record, 'since_last_capture')),
  };
}

function gcCounters(record: JsonRecord): GcStats['sinceLastCapture'] {
  return {
    minorCount: count(record, 'minor_count'),
    majorCount: count(record, 'major_count'),
    pauseMs: amount(record, 'pause_ms'),
    freedMb: amount(record, 'freed_mb'),
  };
}

function heapStatistics(record: JsonRecord): HeapStatistics {
  return {
    usedMb: amount(record, 'used_mb'),
    totalMb: amount(record, 'total_mb'),
    limitMb: amount(record, 'limit_mb'),
    externalMb: amount(record, 'external_mb'),
    mallocedMb: amount(record, 'malloced_mb'),
    rssMb: amount(record, 'rss_mb'),
    spaces: amounts(record, 'spaces'),
  };
}
