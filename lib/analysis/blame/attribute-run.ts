import type { Channel, Interval, Trend, Verdict } from '../../core/analysis-result.js';
import { mbToBytes } from '../../core/units.js';
import { gravest, growingChannels, runVerdict } from '../gravity.js';
import type { FloorWindow } from '../run/run-history.js';
import {
  attributeChannel,
  type ChannelAttribution,
  type EndpointGrowth,
} from './attribute-channel.js';
import { total } from './endpoint-groups.js';
import { settledWindows } from './settled-windows.js';
import type { StackFindings } from './stack-evidence.js';

/** What one endpoint has to do with the growth of a run, over all channels that grow. */
export interface Blame {
  readonly verdict: Verdict;
  readonly bytesPerRequest: number;
  readonly interval: Interval;
  /** Share of the growth, 0 to 1; absent when nothing grows. */
  readonly share?: number;
  readonly indistinguishableFrom: readonly string[];
}

/** The growth of a run divided among its endpoints. */
export interface RunAttribution {
  readonly endpoints: ReadonlyMap<string, Blame>;
  readonly unattributedShare: number;
}

type ChannelPart = ChannelAttribution & { readonly channel: Channel };

/**
 * Says which endpoints make a run's memory grow. Only channels whose trend is one of growth are divided; when none is,
 * every endpoint has the run's own verdict, and a rate with its interval.
 * Returns `undefined` when there are too few windows for it.
 */
export function attributeRun(run: {
  readonly windows: readonly FloorWindow[];
  readonly trends: Readonly<Record<Channel, Trend>>;
  readonly stacks: StackFindings;
}): RunAttribution | undefined {
  const { windows, trends, stacks } = run;
  const growing = growingChannels(trends);
  const channels: readonly Channel[] = growing.length > 0 ? growing : ['heap'];
  const parts = channels.flatMap((channel): ChannelPart[] => {
    const settled = settledWindows(windows, trends[channel].evidence.onsetRequest);
    const bytesPerRequest = mbToBytes(trends[channel].slopeMbPerRequest);
    const part = attributeChannel(settled, { channel, bytesPerRequest }, stacks);
    return part === undefined ? [] : [{ ...part, channel }];
  });
  if (parts.length === 0) return undefined;
  return divide(parts, { trends, isGrowing: growing.length > 0 });
}

function divide(
  parts: readonly ChannelPart[],
  run: { readonly trends: Readonly<Record<Channel, Trend>>; readonly isGrowing: boolean },
): RunAttribution {
  const rows = parts.flatMap(({ channel, endpoints }) =>
    endpoints.map((growth) => ({ ...growth, trend: run.trends[channel].verdict })),
  );
  // Estimates of several endpoints may add up to more than there is to explain.
  const attributed = total(rows.map((row) => row.bytes));
  const bytes = Math.max(total(parts.map((part) => part.bytes)), attributed);
  const blames = new Map<string, Blame>();
  for (const name of new Set(rows.map(({ endpoint }) => endpoint))) {
    const own = rows.filter(({ endpoint }) => endpoint === name);
    if (run.isGrowing) {
      const share = bytes > 0 ? total(own.map((row) => row.bytes)) / bytes : 0;
      blames.set(name, { ...combine(own), verdict: verdictOf(own, parts.length), share });
    } else {
      blames.set(name, { ...combine(own), verdict: runVerdict(run.trends) });
    }
  }
  const unattributedShare = run.isGrowing && bytes > 0 ? 1 - attributed / bytes : 0;
  return { endpoints: blames, unattributedShare };
}

/** An endpoint that the evidence neither names nor clears in every channel that grows gets no verdict. */
function verdictOf(
  own: readonly (EndpointGrowth & { readonly trend: Verdict })[],
  channelCount: number,
): Verdict {
  const named = own.filter(({ isNamed }) => isNamed);
  if (named.length > 0) return gravest(named.map(({ trend }) => trend));
  const isCleared = own.length === channelCount && own.every((growth) => growth.isCleared);
  return isCleared ? 'stable' : 'insufficient';
}

function combine(own: readonly EndpointGrowth[]): Omit<Blame, 'verdict' | 'share'> {
  return {
    bytesPerRequest: total(own.map((growth) => growth.bytesPerRequest)),
    interval: [
      total(own.map(({ interval }) => interval[0])),
      total(own.map(({ interval }) => interval[1])),
    ],
    indistinguishableFrom: [...new Set(own.flatMap((growth) => growth.indistinguishableFrom))],
  };
}
