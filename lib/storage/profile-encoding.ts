import type { DetailedProfile, GcStats, LightweightProfile, Profile } from '../core/profile.js';
import { isDetailed } from '../core/profile.js';
import type { JsonRecord } from './json-fields.js';
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

function gcFields(stats: GcStats['sinceLastCapture']): JsonRecord {
  return {
    minor_count: stats.minorCount,
    major_count: stats.majorCount,
    pause_ms: ms(stats.pauseMs),
    freed_mb: mb(stats.freedMb),
  };
}
