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
import { parseJson } from './parse-json.js';
import { stackFrame } from './profile-decoding.js';

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

/** The stack in a parsed JSON value. */
export function decodeStack(value: unknown): Decoded<StackEntry> {
  return decoding(value, (record) => ({
    run: text(record, 'run'),
    stack: count(record, 'stack'),
    frames: list(record, 'frames', (frame) => stackFrame(asRecord(frame, 'frames'))),
  }));
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

function siteReading(value: unknown): SiteReading {
  const [stack = 0, liveBytes = 0, samples = 0, liveCount = 0] = asAmounts(value, 'sites', 4);
  return { stack, liveBytes, samples, liveCount };
}

function samplerSession(record: JsonRecord): SamplerSession {
  return { session: count(record, 'session'), intervalBytes: amount(record, 'interval_bytes') };
}

function overhead(record: JsonRecord): Overhead {
  return {
    siteReadMs: amount(record, 'site_read_ms'),
    probePauseMs: amount(record, 'probe_pause_ms'),
    ...(has(record, 'probe_cpu_ms') && { probeCpuMs: amount(record, 'probe_cpu_ms') }),
    selfMb: amount(record, 'self_mb'),
  };
}
