import { groupBy } from '../core/group-by.js';
import type { AllocationSite, StackFrame } from '../core/profile.js';
import { formatFrame, frameKey } from '../core/stack-frame.js';
import { bytesToMb } from '../core/units.js';

/** Callers kept per site in a detailed capture; the whole stack is in `_stacks.json`. */
const MAX_CALLERS = 6;

/** One live stack, as the sampler estimates it. Bytes. */
export interface LiveStack {
  readonly liveBytes: number;
  readonly liveCount: number;
  /** Variance of `liveBytes` from sampling, in bytes squared. */
  readonly variance: number;
  /** `liveBytes` minus the baseline's. */
  readonly growthBytes: number;
  /** Innermost first. */
  readonly frames: readonly StackFrame[];
}

/**
 * Sums stacks by the function that allocated, and returns the `limit` functions with the most live bytes and the
 * `limit` that grew most, by live bytes. The callers shown are those of the function's largest stack.
 */
export function topConsumers(stacks: readonly LiveStack[], limit: number): AllocationSite[] {
  const groups = groupBy(stacks, ({ frames: [site] }) => site && frameKey(site));
  const sites = [...groups.values()].flatMap((group) => toSite(group) ?? []);
  const byLive = sites.toSorted((a, b) => b.liveMb - a.liveMb);
  const byGrowth = sites.toSorted((a, b) => b.growthMb - a.growthMb).filter((s) => s.growthMb > 0);
  const chosen = new Set([...byLive.slice(0, limit), ...byGrowth.slice(0, limit)]);
  return byLive.filter((site) => chosen.has(site));
}

function toSite(group: readonly LiveStack[]): AllocationSite | undefined {
  const largest = group.reduce((a, b) => (b.liveBytes > a.liveBytes ? b : a));
  const [site, ...callers] = largest.frames;
  if (site === undefined) return undefined;
  const sum = (value: (stack: LiveStack) => number) => group.reduce((s, x) => s + value(x), 0);
  return {
    ...site,
    liveMb: bytesToMb(sum((s) => s.liveBytes)),
    liveSdMb: bytesToMb(Math.sqrt(sum((s) => s.variance))),
    liveCount: sum((s) => s.liveCount),
    growthMb: bytesToMb(sum((s) => s.growthBytes)),
    stack: callers.slice(0, MAX_CALLERS).map(formatFrame),
  };
}
