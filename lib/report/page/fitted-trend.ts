import type { FloorPoint } from '../../analysis/floor-point.js';
import type { Channel, Trend } from '../../core/analysis-result.js';
import { bytesToMb } from '../../core/units.js';

/** Requests at the start that no trend is fitted to. */
const WARM_UP_SHARE = 0.2;

/** A trend as a line, and its interval as two more through the line's middle. Values in MB. */
export interface FittedTrend {
  /** First request that the line describes. */
  readonly from: number;
  readonly at: (request: number) => TrendPoint;
}

interface TrendPoint {
  readonly mid: number;
  readonly low: number;
  readonly high: number;
}

/** The line behind a verdict of growth. The slope is the verdict's; the floors give its height. */
export function fitTrend(
  channel: Channel,
  { verdict, slopeMbPerRequest: slope, intervalMbPerRequest, evidence }: Trend,
  floors: readonly FloorPoint[],
): FittedTrend | undefined {
  if (verdict !== 'leak' && verdict !== 'growing') return undefined;
  const first = floors[0]?.request ?? 0;
  const last = floors.at(-1)?.request ?? 0;
  const from = evidence.onsetRequest ?? first + WARM_UP_SHARE * (last - first);
  const points = floors.filter(({ request }) => request >= from);
  if (points.length === 0) return undefined;
  const middle = median(points.map(({ request }) => request));
  const height = median(
    points.map((point) => bytesToMb(point[channel]) - slope * (point.request - middle)),
  );
  const ends = intervalMbPerRequest.map((end) => (Number.isFinite(end) ? end : slope));
  return {
    from,
    at: (request) => {
      const values = ends.map((end) => height + end * (request - middle));
      return {
        mid: height + slope * (request - middle),
        low: Math.min(...values),
        high: Math.max(...values),
      };
    },
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}
