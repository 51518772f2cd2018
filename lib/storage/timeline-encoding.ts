import type {
  EndpointEntry,
  Overhead,
  RunProcess,
  SiteReading,
  StackEntry,
  TimelineEntry,
} from '../core/timeline.js';
import type { JsonRecord } from './json-fields.js';
import { mb, ms } from './rounding.js';

/** One line of JSON for a timeline entry. */
export function encodeTimelineEntry(entry: TimelineEntry): string {
  return JSON.stringify({
    kind: entry.kind,
    run: entry.run,
    timestamp: Math.round(entry.timestamp),
    requests: entry.requests,
    finished: entry.finished,
    in_flight: entry.inFlight,
    used_mb: mb(entry.usedMb),
    code_mb: mb(entry.codeMb),
    heap_total_mb: mb(entry.heapTotalMb),
    external_mb: mb(entry.externalMb),
    malloced_mb: mb(entry.mallocedMb),
    rss_mb: mb(entry.rssMb),
    limit_mb: mb(entry.limitMb),
    gc: entry.gc,
    gc_pause_ms: ms(entry.gcPauseMs),
    gc_freed_mb: mb(entry.gcFreedMb),
    external_low_mb: entry.externalLowMb && mb(entry.externalLowMb),
    probed: entry.probed,
    overhead: entry.overhead && overheadFields(entry.overhead),
    sites: entry.sites?.map(siteRow),
    sampler: entry.sampler && {
      session: entry.sampler.session,
      interval_bytes: entry.sampler.intervalBytes,
    },
    process: entry.process && processFields(entry.process),
    journaled: entry.journaled,
  });
}

/** One line of JSON for a stack. */
export function encodeStack(entry: StackEntry): string {
  return JSON.stringify({ run: entry.run, stack: entry.stack, frames: entry.frames });
}

/** One line of JSON for an entry of the endpoint index. */
export function encodeEndpoint(entry: EndpointEntry): string {
  return JSON.stringify({ endpoint: entry.endpoint, file: entry.file, handler: entry.handler });
}

/** The process of a run as JSON fields. */
export function processFields(process: RunProcess): JsonRecord {
  return {
    pid: process.pid,
    thread: process.thread,
    node: process.node,
    sample_interval_bytes: process.sampleIntervalBytes,
    backend: process.backend,
  };
}

function siteRow(site: SiteReading): readonly number[] {
  return [site.stack, Math.round(site.liveBytes), site.samples, Math.round(site.liveCount)];
}

function overheadFields(overhead: Overhead): JsonRecord {
  const { probeCpuMs } = overhead;
  return {
    site_read_ms: ms(overhead.siteReadMs),
    probe_pause_ms: ms(overhead.probePauseMs),
    ...(probeCpuMs !== undefined && { probe_cpu_ms: ms(probeCpuMs) }),
    self_mb: mb(overhead.selfMb),
  };
}
