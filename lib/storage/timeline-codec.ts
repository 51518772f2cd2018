import type { StackFrame } from '../core/profile.js';
import type {
  EndpointEntry,
  Overhead,
  RunProcess,
  SamplerSession,
  SiteReading,
  StackEntry,
  TimelineEntry,
} from '../core/timeline.js';
import { stackFrame } from './codec.js';
import type { Decoded, JsonRecord } from './json-fields.js';
import {
  amount,
  amounts,
  asAmounts,
  asRecord,
  choice,
  count,
  countPair,
  decoding,
  flag,
  has,
  list,
  object,
  text,
} from './json-fields.js';
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

/** The timeline entry in a parsed JSON value. */
export function decodeTimelineEntry(value: unknown): Decoded<TimelineEntry> {
  return decoding(value, (record) => ({
    kind: choice(record, 'kind', ['start', 'tick', 'floor', 'stop']),
    run: text(record, 'run'),
    timestamp: amount(record, 'timestamp'),
    requests: count(record, 'requests'),
    finished: amounts(record, 'finished'),
    inFlight: count(record, 'in_flight'),
    usedMb: amount(record, 'used_mb'),
    codeMb: amount(record, 'code_mb'),
    heapTotalMb: amount(record, 'heap_total_mb'),
    externalMb: amount(record, 'external_mb'),
    mallocedMb: amount(record, 'malloced_mb'),
    rssMb: amount(record, 'rss_mb'),
    limitMb: amount(record, 'limit_mb'),
    gc: countPair(record, 'gc'),
    gcPauseMs: amount(record, 'gc_pause_ms'),
    gcFreedMb: amount(record, 'gc_freed_mb'),
    ...(has(record, 'external_low_mb') && { externalLowMb: amount(record, 'external_low_mb') }),
    ...(has(record, 'probed') && { probed: flag(record, 'probed') }),
    ...(has(record, 'overhead') && { overhead: overhead(object(record, 'overhead')) }),
    ...(has(record, 'sites') && { sites: list(record, 'sites', siteReading) }),
    ...(has(record, 'sampler') && { sampler: samplerSession(object(record, 'sampler')) }),
    ...(has(record, 'process') && { process: runProcess(object(record, 'process')) }),
    ...(has(record, 'journaled') && { journaled: flag(record, 'journaled') }),
  }));
}

/** One line of JSON for a stack. */
export function encodeStack(entry: StackEntry): string {
  return JSON.stringify({ run: entry.run, stack: entry.stack, frames: entry.frames });
}

/** The stack in a parsed JSON value. */
export function decodeStack(value: unknown): Decoded<StackEntry> {
  return decoding(value, (record) => ({
    run: text(record, 'run'),
    stack: count(record, 'stack'),
    frames: list(record, 'frames', (frame) => stackFrame(asRecord(frame, 'frames'))),
  }));
}

/** One line of JSON for an entry of the endpoint index. */
export function encodeEndpoint(entry: EndpointEntry): string {
  return JSON.stringify({ endpoint: entry.endpoint, file: entry.file, handler: entry.handler });
}

/** The entry of the endpoint index in a parsed JSON value. */
export function decodeEndpoint(value: unknown): Decoded<EndpointEntry> {
  return decoding(value, (record) => ({
    endpoint: text(record, 'endpoint'),
    file: text(record, 'file'),
    ...(has(record, 'handler') && { handler: stackFrame(object(record, 'handler')) }),
  }));
}

/** The endpoint in the text that a journal keeps of it. */
export function decodeEndpointName(
  json: string,
): { name: string; handler?: StackFrame } | undefined {
  const decoded = decoding(parseJson(json), (record) => ({
    name: text(record, 'endpoint'),
    ...(has(record, 'handler') && { handler: stackFrame(object(record, 'handler')) }),
  }));
  return 'value' in decoded ? decoded.value : undefined;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function siteRow(site: SiteReading): readonly number[] {
  return [site.stack, Math.round(site.liveBytes), site.samples, Math.round(site.liveCount)];
}

function siteReading(value: unknown): SiteReading {
  const [stack = 0, liveBytes = 0, samples = 0, liveCount = 0] = asAmounts(value, 'sites', 4);
  return { stack, liveBytes, samples, liveCount };
}

function samplerSession(record: JsonRecord): SamplerSession {
  return { session: count(record, 'session'), intervalBytes: amount(record, 'interval_bytes') };
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

function overhead(record: JsonRecord): Overhead {
  return {
    siteReadMs: amount(record, 'site_read_ms'),
    probePauseMs: amount(record, 'probe_pause_ms'),
    ...(has(record, 'probe_cpu_ms') && { probeCpuMs: amount(record, 'probe_cpu_ms') }),
    selfMb: amount(record, 'self_mb'),
  };
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

/** The process of a run in a JSON object. */
export function runProcess(record: JsonRecord): RunProcess {
  return {
    pid: count(record, 'pid'),
    thread: count(record, 'thread'),
    node: text(record, 'node'),
    sampleIntervalBytes: amount(record, 'sample_interval_bytes'),
    backend: text(record, 'backend'),
  };
}
