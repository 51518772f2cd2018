import type { Channel, Interval } from '../../core/analysis-result.js';
import type { FloorWindow } from '../run/run-history.js';
import { settingsFor } from '../trend/channel-settings.js';
import { total } from './endpoint-groups.js';
import {
  type ChannelGrowth,
  type GroupGrowth,
  regressGrowth,
  unregressedGrowth,
} from './growth-regression.js';
import { soloBytesPerRequest } from './solo-windows.js';
import {
  mostBytesBy,
  STACK_DEVIATIONS,
  type StackFindings,
  type StackPart,
  weighStacks,
} from './stack-evidence.js';

/** An endpoint is named by the regression above this share of the growth, this many standard errors from zero. */
const MIN_SHARE = 0.2;
const MIN_T = 3;

/** The stacks of others must leave an endpoint this share of what the regression puts on it. */
const MIN_ROOM = 0.5;

/** Its own stacks and those that are nobody's must show this share of it. */
const MIN_SEEN = 1 / 3;

/** Growth that slows down below this share of its rate is a cache that fills, not a leak. */
const MIN_STEADY_RATIO = 0.35;

/** Windows per group in the second half that its own estimate needs. */
const TAIL_WINDOWS_PER_GROUP = 2;

/**
 * Share of the growth above which an endpoint is named by the stacks alone. Live objects under the endpoint's own frame
 * are direct evidence; wrappers of external memory are few samples, so more of them is asked for. What an endpoint is
 * named by must also exceed what the whole channel may drift by.
 */
const MIN_STACK_SHARE: Readonly<Record<Channel, number>> = { heap: 0.02, external: 0.3, native: 1 };

/** Among endpoints that the regression cannot tell apart, the stacks decide for one with this share of what they hold. */
const DECISIVE_STACK_SHARE = 0.7;

/** What one endpoint has to do with the growth of one channel. */
export interface EndpointGrowth {
  readonly endpoint: string;
  readonly bytes: number;
  readonly bytesPerRequest: number;
  readonly interval: Interval;
  /** The evidence suffices to say that this endpoint makes memory grow. */
  readonly isNamed: boolean;
  /** The evidence suffices to say that it does not. */
  readonly isCleared: boolean;
  /** Other endpoints with the same load, one of which may be the cause instead. */
  readonly indistinguishableFrom: readonly string[];
}

/** The growth of one channel with what each endpoint has to do with it. */
export interface ChannelAttribution {
  /** Growth of the channel, which what is put on the endpoints may exceed. */
  readonly bytes: number;
  readonly endpoints: readonly EndpointGrowth[];
}

/**
 * Divides the growth of a channel among endpoints: a regression over the windows says how memory moves with the
 * requests of each, the stacks of growing sites confirm, decide between endpoints of equal load, or object.
 * Where windows are too few for the regression, the stacks are all there is. Returns `undefined` without either.
 *
 * @param trend - The channel and its growth by its trend, in bytes per request.
 */
export function attributeChannel(
  windows: readonly FloorWindow[],
  trend: { readonly channel: Channel; readonly bytesPerRequest: number },
  findings: StackFindings,
): ChannelAttribution | undefined {
  const { channel, bytesPerRequest } = trend;
  const regressed = regressGrowth(windows, channel);
  const byTrend = unregressedGrowth(windows, bytesPerRequest);
  const growth = regressed ?? byTrend;
  const stacks = weighStacks(findings, { channel, bytes: growth.bytes });
  if (regressed === undefined && stacks.size === 0) return undefined;
  const context = {
    windows,
    growth,
    stacks,
    findings,
    channel,
    certain: Math.min(growth.bytes, byTrend.bytes),
    drift: settingsFor(
      channel,
      windows.map(({ to }) => to),
    ).fullGrowthBytes,
  };
  return {
    bytes: context.certain,
    endpoints: growth.groups.flatMap((group) => attributeGroup(group, context)),
  };
}

type Stacks = ReadonlyMap<string, StackPart>;

interface Context {
  readonly windows: readonly FloorWindow[];
  readonly growth: ChannelGrowth;
  readonly stacks: Stacks;
  readonly findings: StackFindings;
  readonly channel: Channel;
  /** The growth by the trend where that is less: a regression adds what comes and goes to what grows. */
  readonly certain: number;
  /** Bytes that the channel may grow by in a healthy program. */
  readonly drift: number;
}

function attributeGroup(group: GroupGrowth, context: Context): readonly EndpointGrowth[] {
  const names = [...group.endpoints.keys()];
  // What goes with the requests of many rare endpoints together says nothing of one; stacks do.
  if (group.isRest) return names.flatMap((name) => blameByStacks(name, group, context) ?? []);
  const isNamed = isGrowing(group, context);
  const culprit = isNamed ? decide(group, context.stacks) : undefined;
  return names.map((endpoint) => {
    if (endpoint === culprit) return blame(endpoint, group);
    const byStacks = blameByStacks(endpoint, group, context);
    if (byStacks !== undefined) return byStacks;
    if (culprit !== undefined) return { ...unnamed(endpoint, group, context), ...NOTHING };
    const others = isNamed ? names.filter((other) => other !== endpoint) : [];
    return { ...unnamed(endpoint, group, context), indistinguishableFrom: others };
  });
}

/** What is left for the endpoints beside a culprit. */
const NOTHING = { bytes: 0, bytesPerRequest: 0, interval: [0, 0], isCleared: true } as const;

/** The rule of the regression, unless other evidence objects. */
function isGrowing(group: GroupGrowth, context: Context): boolean {
  const part = group.bytes / context.growth.bytes;
  if (!(part > MIN_SHARE && group.t > MIN_T && group.interval[0] > 0)) return false;
  return isPersistent(group, context) && hasRoom(group, context) && isInStacks(group, context);
}

/** Whether the group grows as fast in the second half, and while it is alone, as far as that is known. */
function isPersistent(group: GroupGrowth, { windows, growth, channel }: Context): boolean {
  const least = MIN_STEADY_RATIO * group.bytesPerRequest;
  const hasTail = windows.length >> 1 >= TAIL_WINDOWS_PER_GROUP * growth.groups.length;
  if (hasTail && group.tailBytesPerRequest < least) return false;
  const [name, ...others] = group.endpoints.keys();
  if (name === undefined || others.length > 0) return true;
  return (soloBytesPerRequest(windows, name, channel) ?? least) >= least;
}

/**
 * Whether the stacks of other endpoints leave the group a good part of what the regression puts on it. External floors
 * hardly scatter, and the wrappers in the stacks do not tell how much they wrap: there the regression knows better.
 */
function hasRoom(group: GroupGrowth, { growth, stacks, channel, certain }: Context): boolean {
  if (channel === 'external') return true;
  const others = total([...stacks.values()].map(({ share }) => share)) - sharesOf(group, stacks);
  const room = 1 - (others * growth.bytes) / certain;
  return room > Math.max(MIN_SHARE, MIN_ROOM * Math.min(1, group.bytes / certain));
}

/** Whether the stacks show the growth that the regression puts on the group, as far as stacks tell anything of it. */
function isInStacks(group: GroupGrowth, context: Context): boolean {
  return mostIn(group.endpoints.keys(), context) > MIN_SEEN * group.bytes;
}

/** The most that stacks let these endpoints grow by, in bytes: infinite where they tell nothing of the channel. */
function mostIn(endpoints: Iterable<string>, { channel, findings }: Context): number {
  return channel === 'heap' ? mostBytesBy(endpoints, findings) : Number.POSITIVE_INFINITY;
}

/** What the groups that the regression names leave of external growth, 0 to 1. */
function roomBeside(group: GroupGrowth, context: Context): number {
  const { growth, channel } = context;
  if (channel !== 'external') return 1;
  const named = growth.groups.filter((other) => other !== group && isGrowing(other, context));
  return Math.max(0, 1 - total(named.map(({ bytes }) => bytes)) / growth.bytes);
}

function sharesOf(group: GroupGrowth, stacks: Stacks): number {
  return total([...group.endpoints.keys()].map((endpoint) => stacks.get(endpoint)?.share ?? 0));
}

/** The only endpoint of a group, or the one in whose stacks nearly all is that the stacks of the group hold. */
function decide(group: GroupGrowth, stacks: Stacks): string | undefined {
  const names = [...group.endpoints.keys()];
  if (names.length === 1) return names[0];
  const held = sharesOf(group, stacks);
  return names.find(
    (name) => held > 0 && (stacks.get(name)?.share ?? 0) >= DECISIVE_STACK_SHARE * held,
  );
}

/** Puts all the growth of a group on one endpoint. */
function blame(endpoint: string, group: GroupGrowth): EndpointGrowth {
  const requests = total([...group.endpoints.values()]);
  const scale = requests / (group.endpoints.get(endpoint) ?? requests);
  return {
    endpoint,
    bytes: group.bytes,
    bytesPerRequest: group.bytesPerRequest * scale,
    interval: [group.interval[0] * scale, group.interval[1] * scale],
    isNamed: true,
    isCleared: false,
    indistinguishableFrom: [],
  };
}

/** Names an endpoint that the regression cannot make out, by the growth under its own frame. */
function blameByStacks(
  endpoint: string,
  group: GroupGrowth,
  context: Context,
): EndpointGrowth | undefined {
  const { growth, stacks, channel, drift } = context;
  const { share, deviation } = stacks.get(endpoint) ?? { share: 0, deviation: 0 };
  const part = Math.min(share, roomBeside(group, context));
  const requests = group.endpoints.get(endpoint) ?? 0;
  if (part < MIN_STACK_SHARE[channel] || requests === 0) return undefined;
  const spread = STACK_DEVIATIONS * deviation;
  if (channel === 'heap' && (part < spread || part * growth.bytes < drift)) return undefined;
  const whole = growth.bytes / requests;
  // What is in nobody's stacks may be the endpoint's too.
  const most = mostIn([endpoint], context) / growth.bytes;
  const high = Number.isFinite(most) ? Math.max(part + spread, most) : part + spread;
  return {
    endpoint,
    bytes: part * growth.bytes,
    bytesPerRequest: part * whole,
    interval: [Math.max(0, part - spread) * whole, Math.min(1, high) * whole],
    isNamed: true,
    isCleared: false,
    indistinguishableFrom: [],
  };
}

/** The endpoint's part of a group that nothing names: what the regression puts on it, as far as stacks can show it. */
function unnamed(endpoint: string, group: GroupGrowth, context: Context): EndpointGrowth {
  const { growth } = context;
  const requests = total([...group.endpoints.values()]);
  const most = requests > 0 ? mostIn(group.endpoints.keys(), context) / requests : Infinity;
  const bytesPerRequest = Math.min(group.bytesPerRequest, most);
  const bytes = bytesPerRequest * (group.endpoints.get(endpoint) ?? 0);
  return {
    endpoint,
    bytes,
    bytesPerRequest,
    interval: [Math.min(group.interval[0], most), Math.min(group.interval[1], most)],
    isNamed: false,
    isCleared: growth.isRegressed && bytes <= MIN_SHARE * growth.bytes,
    indistinguishableFrom: [],
  };
}
