import type { GrowingSite } from '../../core/analysis-result.js';
import { groupBy } from '../../core/group-by.js';
import type { StackFrame } from '../../core/profile.js';
import { formatFrame, frameKey } from '../../core/stack-frame.js';
import { bytesToMb } from '../../core/units.js';
import { endpointsIn } from './endpoint-frames.js';
import { isUserCode } from './origin.js';
import {
  BEYOND_DOUBT,
  type GrowthBar,
  GrowthMeter,
  MIN_FLOORS,
  reaches,
  type StackGrowth,
} from './stack-growth.js';
import { type SiteHistory, type StackSeries, sumSeries } from './stack-series.js';

/** What a site gains at least where a trend shows already that something grows: the question is only what. */
const IN_GROWTH: GrowthBar = { samples: 3, tailSamples: 1, tailShare: 0, slowestSession: 0 };

/** The same for wrappers of external memory, of which there are few samples: some 200 bytes stand for a whole Buffer. */
const OF_WRAPPERS: GrowthBar = { samples: 2, tailSamples: 0.5, tailShare: 0, slowestSession: 0 };

/** Share of the trend's growth that a site with so few samples must account for. */
const MIN_SHARE_OF_GROWTH = 0.2;

/** A stack with this many samples that gains less than a quarter of them holds steady. */
const STEADY_SAMPLES = 6;
const STEADY_SHARE = 0.25;

/** Frames of a site's stack that are reported. */
const MAX_CALLERS = 8;

/** Node's own script in which Buffers are made. */
const BUFFER_SCRIPT = /^node:(internal\/)?buffer$/;

/** Largest mean size of a wrapper: a typed array and its ArrayBuffer take about 200 bytes of heap. */
const MAX_WRAPPER_BYTES = 256;

/** The floors of a run, with merged stacks, and what is known of the endpoints' own frames. */
export interface SiteEvidence {
  readonly history: SiteHistory;
  /** Endpoints by the {@link frameKey} of the function that serves them. */
  readonly endpoints: ReadonlyMap<string, string>;
}

/** A stack from the function that is shown, outward. */
interface MeasuredStack {
  readonly series: StackSeries;
  readonly path: readonly StackFrame[];
  readonly growth: StackGrowth;
}

/**
 * Functions whose live memory grows, by growth, largest first.
 *
 * @param riseBytes - Growth of the heap by its trend; 0 when it does not grow. Where no site grows beyond doubt, those
 * that account for a good part of it are taken.
 */
export function findGrowingSites(
  evidence: SiteEvidence,
  riseBytes: number,
): readonly GrowingSite[] {
  const { stacks } = evidence.history;
  const sites = rank({ evidence, stacks, bar: BEYOND_DOUBT, channel: 'heap' });
  if (sites.length > 0 || !(riseBytes > 0)) return sites;
  const minBytes = MIN_SHARE_OF_GROWTH * riseBytes;
  return rank({ evidence, stacks, bar: IN_GROWTH, minBytes, channel: 'heap' });
}

/**
 * Functions whose small wrappers of external memory multiply. Those that go through Node's Buffer code are certain;
 * without any, all small objects of the user's functions count, but only while the heap does not grow by itself
 * (`riseBytes` as above).
 */
export function findExternalSites(
  evidence: SiteEvidence,
  riseBytes: number,
): readonly GrowingSite[] {
  const { stacks } = evidence.history;
  const find = (some: readonly StackSeries[]) =>
    rank({ evidence, stacks: some, bar: OF_WRAPPERS, channel: 'external' });
  const buffers = find(stacks.filter(makesBuffers));
  if (buffers.length > 0 || riseBytes > 0) return buffers;
  return find(stacks.filter((stack) => isSmall(stack) && stack.frames.some(isUserCode)));
}

function rank(search: {
  readonly evidence: SiteEvidence;
  readonly stacks: readonly StackSeries[];
  readonly bar: GrowthBar;
  /** What a site grows by more than; 0 by default. */
  readonly minBytes?: number;
  readonly channel: GrowingSite['channel'];
}): readonly GrowingSite[] {
  const { evidence, bar, minBytes = 0 } = search;
  const { requests, sessions } = evidence.history;
  if (requests.length < MIN_FLOORS) return [];
  const meter = new GrowthMeter(requests, sessions);
  const measured = search.stacks.map((series) => ({
    series,
    path: userPath(series.frames),
    growth: meter.measure(series),
  }));
  return splitByFunction(measured, 0)
    .flatMap(({ frame, callers, stacks }) => {
      const total = sumSeries(stacks.map(({ series }) => series));
      const growth = meter.measure(total);
      if (!reaches(growth, bar) || !(growth.bytes > minBytes)) return [];
      const endpoints = endpointShares(stacks, evidence.endpoints);
      return toSite({ frame, callers, total, growth, endpoints, channel: search.channel });
    })
    .sort((a, b) => b.growthMb - a.growthMb);
}

/** From the innermost function that a user can open outward; all frames where there is none. */
function userPath(frames: readonly StackFrame[]): readonly StackFrame[] {
  const first = frames.findIndex(isUserCode);
  return first < 0 ? frames : frames.slice(first);
}

function makesBuffers({ frames }: StackSeries): boolean {
  const first = frames.findIndex(isUserCode);
  const inside = frames.slice(0, Math.max(0, first));
  const makesString = inside.some((frame) => frame.function === 'toString');
  return !makesString && inside.some(({ file }) => BUFFER_SCRIPT.test(file));
}

function isSmall({ bytes, count }: StackSeries): boolean {
  return (bytes.at(-1) ?? 0) <= MAX_WRAPPER_BYTES * (count.at(-1) ?? 0);
}

interface FunctionStacks {
  readonly frame: StackFrame;
  readonly callers: readonly StackFrame[];
  readonly stacks: readonly MeasuredStack[];
}

/**
 * Gathers stacks by function. A function in which some stacks grow while others hold steady is an allocator that many
 * share: where its callers tell them apart, they are shown in its place.
 */
function splitByFunction(stacks: readonly MeasuredStack[], depth: number): FunctionStacks[] {
  const byFunction = groupBy(stacks, ({ path }) => {
    const frame = path[Math.min(depth, path.length - 1)];
    return frame && frameKey(frame);
  });
  return [...byFunction.values()].flatMap((group) => {
    const hasCallers = group.some(({ path }) => path.length > depth + 1);
    const whole = describeGroup(group, depth);
    if (!hasCallers || !isMixed(group)) return whole;
    const parts = splitByFunction(group, depth + 1);
    return parts.some((part) => isMixed(part.stacks) || !isUserCode(part.frame)) ? whole : parts;
  });
}

function isMixed(group: readonly MeasuredStack[]): boolean {
  const grows = group.some(({ growth }) => growth.samples >= BEYOND_DOUBT.samples);
  const isSteady = ({ series, growth }: MeasuredStack) => {
    const live = series.samples.at(-1) ?? 0;
    return live >= STEADY_SAMPLES && growth.samples < STEADY_SHARE * live;
  };
  return grows && group.some(isSteady);
}

function describeGroup(group: readonly MeasuredStack[], depth: number): FunctionStacks[] {
  const largest = group.reduce((a, b) => (b.growth.bytes > a.growth.bytes ? b : a));
  const at = Math.min(depth, largest.path.length - 1);
  const frame = largest.path[at];
  if (frame === undefined) return [];
  return [{ frame, callers: largest.path.slice(at + 1), stacks: group }];
}

/** Share of the growth whose stack holds each endpoint's own frame. */
function endpointShares(
  stacks: readonly MeasuredStack[],
  endpoints: ReadonlyMap<string, string>,
): Readonly<Record<string, number>> {
  const shares = new Map<string, number>();
  const total = stacks.reduce((sum, { growth }) => sum + Math.max(0, growth.bytes), 0);
  for (const { series, growth } of stacks) {
    if (!(growth.bytes > 0)) continue;
    for (const endpoint of endpointsIn(series.frames, endpoints)) {
      shares.set(endpoint, (shares.get(endpoint) ?? 0) + growth.bytes / total);
    }
  }
  return Object.fromEntries([...shares].sort((a, b) => b[1] - a[1]));
}

function toSite(site: {
  readonly frame: StackFrame;
  readonly callers: readonly StackFrame[];
  readonly total: Omit<StackSeries, 'frames'>;
  readonly growth: StackGrowth;
  readonly endpoints: Readonly<Record<string, number>>;
  readonly channel: GrowingSite['channel'];
}): GrowingSite {
  const { frame, callers, total, growth, endpoints, channel } = site;
  const liveMb = bytesToMb(total.bytes.at(-1) ?? 0);
  return {
    function: frame.function,
    file: frame.file,
    line: frame.line,
    column: frame.column,
    channel,
    liveMb,
    // The number of samples is Poisson distributed.
    liveSdMb: liveMb / Math.sqrt(Math.max(1, total.samples.at(-1) ?? 0)),
    liveCount: total.count.at(-1) ?? 0,
    growthMb: bytesToMb(growth.bytes),
    growthMbPerRequest: bytesToMb(growth.bytesPerRequest),
    stack: callers.slice(0, MAX_CALLERS).map(formatFrame),
    endpoints,
  };
}
