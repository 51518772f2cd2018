import type { DetailedProfile, LightweightProfile } from '../../../lib/core/profile.js';
import type { TimelineEntry } from '../../../lib/core/timeline.js';
import { emptyReading, type RequestReading } from '../../../lib/storage/record-layout.js';

const MB = 1024 * 1024;

/** A reading of an ordinary request. */
export function sampleReading(changes: Partial<RequestReading> = {}): RequestReading {
  return {
    ...emptyReading(),
    statusCode: 200,
    inFlight: 4,
    timestamp: 1_790_000_000_000,
    used: 45.3125 * MB,
    delta: 0.012 * MB,
    allocated: 0.0124 * MB,
    external: 3.125 * MB,
    rss: 98.125 * MB,
    latencyMs: 1.23,
    minorCount: 123,
    majorCount: 4,
    floor: 38.125 * MB,
    ...changes,
  };
}

/** A profile of an ordinary request. */
export function sampleProfile(changes: Partial<LightweightProfile> = {}): LightweightProfile {
  return {
    requestId: 'k3f9-12345',
    timestamp: 1_790_000_000_000,
    memoryMb: 45.31,
    memoryDeltaMb: 0.0123,
    allocatedMb: 0.0124,
    externalMb: 3.1,
    rssMb: 98.1,
    latencyMs: 1.23,
    statusCode: 200,
    inFlight: 4,
    gc: [123, 4],
    floorMb: 38.13,
    run: 'k3f9',
    ...changes,
  };
}

/** What a detailed capture adds. */
export const SAMPLE_DETAIL: Omit<DetailedProfile, keyof LightweightProfile> = {
  reason: 'periodic',
  topConsumers: [
    {
      function: 'remember',
      file: '/app/orders.js',
      line: 12,
      column: 20,
      liveMb: 9.123456,
      liveSdMb: 1.01,
      liveCount: 1200,
      growthMb: -0.5,
      stack: ['handle (/app/server.js:3:1)', 'listener'],
    },
  ],
  gcStats: {
    minorCount: 123,
    majorCount: 4,
    pauseMs: 12.345,
    freedMb: 400.5,
    floorMb: 38.125,
    sinceLastCapture: { minorCount: 3, majorCount: 0, pauseMs: 0.4, freedMb: 12.25 },
  },
  heap: {
    usedMb: 45.312,
    totalMb: 60,
    limitMb: 2096,
    externalMb: 3.125,
    mallocedMb: 0.5,
    rssMb: 98.125,
    spaces: { new_space: 1.5, old_space: 40.25 },
  },
};

/** A timeline entry with every optional field. */
export function sampleEntry(changes: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    kind: 'floor',
    run: 'k3f9',
    timestamp: 1_790_000_000_000,
    requests: 86_006,
    finished: { 'GET /orders/:id': 17, ['__proto__']: 2 },
    inFlight: 3,
    usedMb: 45.3125,
    codeMb: 1.25,
    heapTotalMb: 60,
    externalMb: 3.125,
    mallocedMb: 0.5,
    rssMb: 98.125,
    limitMb: 2096,
    gc: [123, 4],
    gcPauseMs: 12.345,
    gcFreedMb: 400.5,
    externalLowMb: 2.875,
    probed: true,
    overhead: { siteReadMs: 4.25, probePauseMs: 31.5, probeCpuMs: 410.25, selfMb: 0.125 },
    sites: [{ stack: 7, liveBytes: 9_500_000, samples: 73, liveCount: 1200 }],
    sampler: { session: 2, intervalBytes: 32_768 },
    process: {
      pid: 4242,
      thread: 0,
      node: 'v20.20.2',
      sampleIntervalBytes: 8192,
      backend: 'native',
    },
    ...changes,
  };
}
