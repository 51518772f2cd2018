import type { Channel, Trend } from '../../core/analysis-result.js';
import { bytesToMb } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';
import { type ChannelSettings, settingsFor } from './channel-settings.js';
import { DEFAULT_CONFIRM_AFTER_REQUESTS, isConfirmed } from './confirmation.js';
import { detect } from './detect.js';
import { evidenceOf, insufficientEvidence } from './evidence.js';
import { explainIfCache } from './explanation.js';
import { channelSeries, type FloorSeries } from './floor-series.js';
import { leakProbability } from './leak-probability.js';
import type { Look } from './look.js';
import { projectExhaustion, requestsPerHour } from './projection.js';
import { leakBound, rateInterval } from './rate.js';
import type { TrendContext } from './trend-context.js';

/** A run's floors, and what they were one look earlier. */
export interface RunFloors {
  readonly floors: readonly FloorPoint[];
  readonly earlier: readonly FloorPoint[];
}

/** The trend of one channel of a run. */
export function channelTrend(channel: Channel, run: RunFloors, context: TrendContext): Trend {
  const settings = settingsFor(channel, run.floors);
  const series = channelSeries(run.floors, channel);
  const look = detect(series, settings);
  if (look === undefined) return insufficientTrend(series.bytes.length);
  const bytesPerHour = look.rate.slope * requestsPerHour(run.floors);
  const growth =
    look.decision === 'leak'
      ? judgeGrowth({
          channel,
          settings,
          series,
          earlier: run.earlier,
          context,
          look,
          bytesPerHour,
        })
      : undefined;
  const verdict = growth?.verdict ?? look.decision;
  const bound = verdict === 'stable' ? leakBound(look, settings) : undefined;
  const [low, high] = rateInterval(look, settings);
  return {
    verdict,
    slopeMbPerRequest: bytesToMb(look.rate.slope),
    intervalMbPerRequest: [bytesToMb(low), bytesToMb(high)],
    slopeMbPerHour: bytesToMb(bytesPerHour),
    points: series.bytes.length,
    growthConfidence: 1 - look.window.full.riseP,
    leakProbability: 0,
    ...growth,
    ...(bound !== undefined && { belowBytesPerRequest: bound }),
    evidence: evidenceOf(channel, verdict, look),
  };
}

/** What a trend says of growth alone: whether it is confirmed, and what follows from it. */
function judgeGrowth(growth: {
  readonly channel: Channel;
  readonly settings: ChannelSettings;
  readonly series: FloorSeries;
  readonly earlier: readonly FloorPoint[];
  readonly context: TrendContext;
  readonly look: Look;
  readonly bytesPerHour: number;
}): Pick<Trend, 'verdict' | 'leakProbability' | 'ifCache' | 'hoursToLimit'> {
  const { channel, settings, series, earlier, context, look, bytesPerHour } = growth;
  const requests = Math.max(series.requests.at(-1) ?? 0, context.requests ?? 0);
  // Memory outside the heap has no limit that V8 knows.
  const limitBytes = channel === 'heap' ? context.limitBytes : undefined;
  const projection = projectExhaustion({
    heapBytes: series.bytes.at(-1) ?? 0,
    bytesPerHour,
    limitBytes,
  });
  const confirmAfterRequests = context.confirmAfterRequests ?? DEFAULT_CONFIRM_AFTER_REQUESTS;
  const confirmed =
    isConfirmed(look, { requests, confirmAfterRequests, projection }) &&
    detect(channelSeries(earlier, channel), settings)?.decision === 'leak';
  return {
    verdict: confirmed ? 'leak' : 'growing',
    leakProbability: leakProbability(requests),
    ifCache: explainIfCache(look),
    ...(projection !== undefined && { hoursToLimit: projection.hoursToLimit }),
  };
}

/** The trend of a channel with too few floors, or none. */
function insufficientTrend(points: number): Trend {
  return {
    verdict: 'insufficient',
    slopeMbPerRequest: 0,
    intervalMbPerRequest: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    slopeMbPerHour: 0,
    points,
    growthConfidence: 0,
    leakProbability: 0,
    evidence: insufficientEvidence(points),
  };
}
