import type { ResolvedOptions } from '../core/options.js';
import type { CaptureReason } from '../core/profile.js';
import type { Endpoint } from './endpoint.js';

/** Thresholds of the smart-capture rules. */
export type CaptureRules = ResolvedOptions['capture'];

/** What the rules look at: the request that just finished. One mutable object serves all requests. */
export interface FinishedRequest {
  statusCode: number;
  /** Used heap, in bytes. */
  used: number;
  /** Monotonic clock, in ms. */
  time: number;
  /** Whether V8 has reported since the last `near_heap_limit` capture that the heap is about to run out. */
  nearHeapLimit: boolean;
  /** Whether this is the first request finished after a major GC. */
  afterMajorGc: boolean;
}

/**
 * Decides whether a sampled request gets a detailed capture, and why. `endpoint.sampled` counts the request already.
 * Pure: the caller records what follows through {@link noteCapture}.
 */
export function captureReason(
  rules: CaptureRules,
  endpoint: Endpoint,
  request: FinishedRequest,
): CaptureReason | undefined {
  if (rules.nearHeapLimit && request.nearHeapLimit) return 'near_heap_limit';
  if (rules.first && endpoint.sampled === 1) return 'first';
  if (isCapturedError(rules, endpoint, request)) return 'error';
  if (isSpike(rules, endpoint, request.used)) return 'spike';
  if (rules.postGc && request.afterMajorGc) return 'post_gc';
  if (rules.periodicEvery > 0 && endpoint.sampled % rules.periodicEvery === 0) return 'periodic';
  return undefined;
}

/** Remembers a detailed capture, so that the next spike and the next error are measured from it. */
export function noteCapture(
  endpoint: Endpoint,
  request: FinishedRequest,
  reason: CaptureReason,
): void {
  endpoint.capturedUsed = Math.max(endpoint.capturedUsed, request.used);
  noteError(endpoint, request, reason);
}

/**
 * Remembers a failure whose capture was due, also where it was withheld: while it is due, its endpoint writes a record of
 * each request that fails.
 */
export function noteError(
  endpoint: Endpoint,
  request: FinishedRequest,
  reason: CaptureReason,
): void {
  if (reason === 'error') endpoint.errorCapturedAt = request.time;
}

/** Whether a failure is due to be captured. Then it is recorded however many records its endpoint has written. */
export function isCapturedError(
  rules: CaptureRules,
  endpoint: Endpoint,
  request: Readonly<Pick<FinishedRequest, 'statusCode' | 'time'>>,
): boolean {
  if (!rules.error || request.statusCode < 400) return false;
  return request.time - endpoint.errorCapturedAt >= rules.errorIntervalMs;
}

/**
 * Measured from the highest detailed capture: used heap swings by the size of the young generation between two GCs, and
 * measured from the last capture every swing would be a spike. Before there is a capture, nothing is one.
 */
function isSpike(rules: CaptureRules, endpoint: Endpoint, used: number): boolean {
  if (rules.spikeRatio === 0 || endpoint.capturedUsed === 0) return false;
  const rise = used - endpoint.capturedUsed;
  return rise > endpoint.capturedUsed * rules.spikeRatio && rise > rules.spikeMinBytes;
}
