import type { Channel, GrowingSite } from '../../core/analysis-result.js';
import { bytesToMb } from '../../core/units.js';
import type { GrowthByEndpoint } from '../sites/endpoint-growth.js';
import { total } from './endpoint-groups.js';

/** What sampling alone may make of nothing, in its standard deviations. */
export const STACK_DEVIATIONS = 2;

/** What the stacks say of an endpoint's part in the growth of a channel. */
export interface StackPart {
  /** Share of the growth, 0 to 1, that was allocated under the endpoint's own frame. */
  readonly share: number;
  /** Standard deviation that sampling implies. */
  readonly deviation: number;
}

/** What is known from stacks. */
export interface StackFindings {
  readonly sites: readonly GrowingSite[];
  /** Where the heap grew; absent when stacks were read too seldom. */
  readonly heapGrowth?: GrowthByEndpoint;
}

/**
 * The parts of the endpoints in the growth of a channel. For the heap, what all of the endpoint's stacks grew by where
 * that is beyond doubt, else what its growing sites hold, and no more than all of its stacks: the sites are those that
 * grew most, partly by chance. The wrappers of external memory are tiny, so their size is not compared with what grows:
 * where there are any, they explain all of it.
 */
export function weighStacks(
  { sites, heapGrowth }: StackFindings,
  growth: { readonly channel: Channel; readonly bytes: number },
): ReadonlyMap<string, StackPart> {
  const relevant = sites.filter((site) => site.channel === growth.channel);
  const sum = total(relevant.map((site) => site.growthMb));
  if (growth.channel === 'external') return sitesByEndpoint(relevant, sum);
  const parts = sitesByEndpoint(relevant, Math.max(sum, bytesToMb(growth.bytes)));
  if (growth.channel !== 'heap' || heapGrowth === undefined || !(growth.bytes > 0)) return parts;
  return boundedByStacks(parts, heapGrowth, growth.bytes);
}

function boundedByStacks(
  bySites: ReadonlyMap<string, StackPart>,
  { endpoints }: GrowthByEndpoint,
  grownBytes: number,
): ReadonlyMap<string, StackPart> {
  const parts = new Map<string, StackPart>();
  for (const [endpoint, { bytes, deviation, isBeyondDoubt }] of endpoints) {
    const most = Math.min(1, bytes / grownBytes);
    const share = isBeyondDoubt ? most : Math.min(most, bySites.get(endpoint)?.share ?? 0);
    if (share > 0) parts.set(endpoint, { share, deviation: (deviation / bytes) * share });
  }
  return parts;
}

/**
 * The most that the heap can have grown by in stacks of these endpoints, in bytes: in their own, and in those that are
 * nobody's. Infinite where stacks say nothing.
 */
export function mostBytesBy(endpoints: Iterable<string>, { heapGrowth }: StackFindings): number {
  if (heapGrowth === undefined) return Number.POSITIVE_INFINITY;
  const own = [...endpoints].flatMap((endpoint) => heapGrowth.endpoints.get(endpoint) ?? []);
  const parts = [...own, heapGrowth.others];
  const bytes = total(parts.map((part) => Math.max(0, part.bytes)));
  return bytes + STACK_DEVIATIONS * Math.hypot(...parts.map(({ deviation }) => deviation));
}

function sitesByEndpoint(
  sites: readonly GrowingSite[],
  wholeMb: number,
): ReadonlyMap<string, StackPart> {
  const parts = new Map<string, StackPart>();
  if (!(wholeMb > 0)) return parts;
  for (const site of sites) {
    for (const [endpoint, share] of Object.entries(site.endpoints)) {
      const known = parts.get(endpoint);
      parts.set(endpoint, {
        share: (known?.share ?? 0) + (share * site.growthMb) / wholeMb,
        deviation: Math.hypot(known?.deviation ?? 0, (share * site.liveSdMb) / wholeMb),
      });
    }
  }
  return parts;
}
