import type { Channel } from '../../core/analysis-result.js';
import type { FloorPoint } from '../floor-point.js';

/** The floors of one channel as columns of equal length, in the order of requests. */
export interface FloorSeries {
  /** Requests finished when the floor was read; ascending, repeated values allowed. */
  readonly requests: readonly number[];
  readonly bytes: readonly number[];
  /** Requests in flight when the floor was read. */
  readonly inFlight: readonly number[];
}

/** Whether a floor's position can be used: damaged and hand-edited files hold NaN, negative numbers and worse. */
export function hasUsablePosition({ request, inFlight }: FloorPoint): boolean {
  return Number.isSafeInteger(request) && request >= 0 && isUsableNumber(inFlight);
}

/** The floors of one channel; those whose value is not usable are left out. */
export function channelSeries(points: readonly FloorPoint[], channel: Channel): FloorSeries {
  const usable = points.filter((point) => isUsableNumber(point[channel]));
  return {
    requests: usable.map((point) => point.request),
    bytes: usable.map((point) => point[channel]),
    inFlight: usable.map((point) => point.inFlight),
  };
}

/** The part of a series from `start`, an index, on. */
export function seriesFrom(series: FloorSeries, start: number): FloorSeries {
  return {
    requests: series.requests.slice(start),
    bytes: series.bytes.slice(start),
    inFlight: series.inFlight.slice(start),
  };
}

/** Index of the first floor at or after a share, 0 to 1, of the range of requests. */
export function indexAtShare(requests: readonly number[], share: number): number {
  const first = requests[0] ?? 0;
  const last = requests.at(-1) ?? first;
  const start = first + share * (last - first);
  return requests.findIndex((request) => request >= start);
}

/** Beyond 2^53 differences of bytes lose their last digits; no process holds as much. */
function isUsableNumber(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}
