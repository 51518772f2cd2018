import type { HeapReader } from '../binding/contract.js';
import type { Endpoint } from '../capture/endpoint.js';
import type { CaptureReason, DetailedProfile, GcStats, HeapStatistics } from '../core/profile.js';
import { bytesToMb } from '../core/units.js';
import type { HeapView } from './heap-view.js';
import type { SiteCache } from './site-cache.js';

/** What a detailed capture adds to a lightweight record. */
export type CapturedDetail = Pick<DetailedProfile, 'reason' | 'topConsumers' | 'gcStats' | 'heap'>;

/** Where the evidence of a detailed capture is read. */
export interface CaptureSources {
  readonly reader: HeapReader;
  readonly heap: HeapView;
  readonly sites: SiteCache;
}

/** Reads the evidence of a detailed capture. The heap view is fresh: the caller has just refreshed it. */
export function captureDetail(
  { reader, heap, sites }: CaptureSources,
  endpoint: Endpoint,
  reason: CaptureReason,
): CapturedDetail {
  const topConsumers = sites.topConsumers();
  const detail = { reason, gcStats: gcStats(heap, endpoint), heap: heapStatistics(reader) };
  return topConsumers === undefined ? detail : { ...detail, topConsumers };
}

/** GC figures of the run, and since the endpoint's last capture, which is now. */
function gcStats(heap: HeapView, endpoint: Endpoint): GcStats {
  const stats = {
    minorCount: heap.minorCount,
    majorCount: heap.majorCount,
    pauseMs: heap.pause,
    freedMb: bytesToMb(heap.freed),
    floorMb: bytesToMb(heap.floor),
    sinceLastCapture: {
      minorCount: heap.minorCount - endpoint.capturedMinor,
      majorCount: heap.majorCount - endpoint.capturedMajor,
      pauseMs: heap.pause - endpoint.capturedPause,
      freedMb: bytesToMb(heap.freed - endpoint.capturedFreed),
    },
  };
  endpoint.capturedMinor = heap.minorCount;
  endpoint.capturedMajor = heap.majorCount;
  endpoint.capturedPause = heap.pause;
  endpoint.capturedFreed = heap.freed;
  return stats;
}

function heapStatistics(reader: HeapReader): HeapStatistics {
  const bytes = reader.heapStatistics();
  const spaces = Object.entries(bytes.spaces).map(([name, used]) => [name, bytesToMb(used)]);
  return {
    usedMb: bytesToMb(bytes.used),
    totalMb: bytesToMb(bytes.total),
    limitMb: bytesToMb(bytes.limit),
    externalMb: bytesToMb(bytes.external),
    mallocedMb: bytesToMb(bytes.malloced),
    rssMb: bytesToMb(bytes.rss),
    spaces: Object.fromEntries(spaces),
  };
}
