import { MS_PER_HOUR } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';

/** Where the growth of the heap leads. */
export interface Projection {
  /** Bytes between the last floor and V8's limit. */
  readonly roomBytes: number;
  readonly hoursToLimit: number;
}

/** Mean pace of the run; 0 when the wall clock did not advance between its first and last floor. */
export function requestsPerHour(points: readonly FloorPoint[]): number {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const elapsed = last.timestamp - first.timestamp;
  return elapsed > 0 ? ((last.request - first.request) / elapsed) * MS_PER_HOUR : 0;
}

/** When the heap reaches its limit; `undefined` when it does not grow or the limit is not known. */
export function projectExhaustion(growth: {
  readonly heapBytes: number;
  readonly bytesPerHour: number;
  readonly limitBytes: number | undefined;
}): Projection | undefined {
  const { heapBytes, bytesPerHour, limitBytes } = growth;
  if (limitBytes === undefined || !Number.isFinite(limitBytes) || !(bytesPerHour > 0)) {
    return undefined;
  }
  const roomBytes = Math.max(0, limitBytes - heapBytes);
  return { roomBytes, hoursToLimit: roomBytes / bytesPerHour };
}
