import type {
  AllocationSite,
  DetailedProfile,
  GcStats,
  HeapStatistics,
  LightweightProfile,
  Profile,
  StackFrame,
} from '../core/profile.js';
import { CAPTURE_REASONS, isDetailed } from '../core/profile.js';
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
import { hundredths, mb, ms, significant, tenths } from './rounding.js';

/** The fields that make a profile a detailed one. */
export type CapturedFields = Omit<DetailedProfile, keyof LightweightProfile>;

/** What a record carries besides its figures. */
export interface RecordExtras {
  readonly detail?: CapturedFields | undefined;
  /** First line of the error's message, at most 200 characters. */
  readonly errorMessage?: string | undefined;
}

/** One line of JSON for a profile. A figure that is not finite becomes `null`, which readers skip and count. */
export function encodeProfile(profile: Profile): string {
  const { errorMessage } = profile;
  const detail = isDetailed(profile) ? profile : undefined;
  return joinProfile(encodeFigures(profile), encodeExtras({ errorMessage, detail }));
}

/** The end of a profile's JSON object: what it has beside its figures. */
export function encodeExtras({ errorMessage, detail }: RecordExtras): string {
  const message = errorMessage === undefined ? '' : `,"error_message":${quote(errorMessage)}`;
  return detail === undefined
    ? message
    : message + JSON.stringify(detailOf(detail)).replace('{', ',').slice(0, -1);
}

/** The JSON object made of {@link encodeFigures} and {@link encodeExtras}. */
export function joinProfile(figures: string, extras = ''): string {
  return `{${figures}${extras}}`;
}

/** The profile in a parsed JSON value. */
export function decodeProfile(value: unknown): Decoded<Profile> {
  return decoding(value, (record) => {
    const profile = lightweightProfile(record);
    return !has(record, 'reason') ? profile : { ...profile, ...detailFrom(record) };
  });
}

/**
 * The beginning of a profile's JSON object: its figures.
 *
 * Heap and floor keep 10 KB, external memory and RSS 100 KB, changes and latency three digits: finer than the readings
 * repeat, and small enough for 250 bytes per line. The timeline has every byte. Put together by hand,
 * because every request passes here: `JSON.stringify` takes three times as long.
 */
export function encodeFigures(profile: LightweightProfile): string {
  return (
    `"request_id":${quote(profile.requestId)}` +
    `,"timestamp":${finiteOrNull(Math.round(profile.timestamp))}` +
    `,"memory_mb":${hundredths(profile.memoryMb)}` +
    `,"memory_delta_mb":${finiteOrNull(significant(profile.memoryDeltaMb, 3))}` +
    `,"allocated_mb":${finiteOrNull(significant(profile.allocatedMb, 3))}` +
    `,"external_mb":${tenths(profile.externalMb)}` +
    `,"rss_mb":${tenths(profile.rssMb)}` +
    `,"latency_ms":${finiteOrNull(significant(profile.latencyMs, 3))}` +
    `,"status_code":${finiteOrNull(profile.statusCode)}` +
    `,"in_flight":${finiteOrNull(profile.inFlight)}` +
    `,"gc":[${finiteOrNull(profile.gc[0])},${finiteOrNull(profile.gc[1])}]` +
    `,"floor_mb":${hundredths(profile.floorMb)}` +
    `,"run":${quote(profile.run)}`
  );
}

/** Identifiers, which are in every record, need no escapes. */
function quote(value: string): string {
  return /^[\w-]*$/.test(value) ? `"${value}"` : JSON.stringify(value);
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
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

function detailOf(profile: CapturedFields): JsonRecord {
  const { gcStats, heap } = profile;
  return {
    reason: profile.reason,
    top_consumers: profile.topConsumers?.map((site) => ({
      function: site.function,
      file: site.file,
      line: site.line,
      column: site.column,
      live_mb: mb(site.liveMb),
      live_sd_mb: mb(site.liveSdMb),
      live_count: Math.round(site.liveCount),
      growth_mb: mb(site.growthMb),
      stack: site.stack,
    })),
    gc_stats: {
      ...gcFields(gcStats),
      floor_mb: mb(gcStats.floorMb),
      since_last_capture: gcFields(gcStats.sinceLastCapture),
    },
    heap: {
      used_mb: mb(heap.usedMb),
      total_mb: mb(heap.totalMb),
      limit_mb: mb(heap.limitMb),
      external_mb: mb(heap.externalMb),
      malloced_mb: mb(heap.mallocedMb),
      rss_mb: mb(heap.rssMb),
      spaces: Object.fromEntries(
        Object.entries(heap.spaces).map(([space, size]) => [space, mb(size)]),
      ),
    },
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

function gcFields(stats: GcStats['sinceLastCapture']): JsonRecord {
  return {
    minor_count: stats.minorCount,
    major_count: stats.majorCount,
    pause_ms: ms(stats.pauseMs),
    freed_mb: mb(stats.freedMb),
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
