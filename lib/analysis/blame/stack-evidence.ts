import type { Channel, GrowingSite } from '../../core/analysis-result.js';
import { bytesToMb } from '../../core/units.js';
import { total } from './endpoint-groups.js';

/** What the stacks of growing sites say of the endpoints, for one channel. */
export interface StackEvidence {
  /** Share of the sites' growth whose stacks hold the endpoint's own frame. */
  readonly shares: ReadonlyMap<string, number>;
  /** Standard deviations that sampling implies for these shares. */
  readonly deviations: ReadonlyMap<string, number>;
  /** Share of the channel's growth that the sites account for, 0 to 1. */
  readonly explained: number;
}

/**
 * Sums up the growing sites of a channel. The wrappers of external memory are tiny, so their size is not compared with
 * what grows: where there are any, they explain all of it.
 */
export function weighStacks(
  sites: readonly GrowingSite[],
  growth: { readonly channel: Channel; readonly bytes: number },
): StackEvidence {
  const relevant = sites.filter((site) => site.channel === growth.channel);
  const growthMb = total(relevant.map((site) => site.growthMb));
  if (!(growthMb > 0)) return { shares: new Map(), deviations: new Map(), explained: 0 };
  const shares = new Map<string, number>();
  const deviations = new Map<string, number>();
  for (const site of relevant) {
    for (const [endpoint, share] of Object.entries(site.endpoints)) {
      shares.set(endpoint, (shares.get(endpoint) ?? 0) + (share * site.growthMb) / growthMb);
      const deviation = (share * site.liveSdMb) / growthMb;
      deviations.set(endpoint, Math.hypot(deviations.get(endpoint) ?? 0, deviation));
    }
  }
  return {
    shares,
    deviations,
    explained: growth.channel === 'external' ? 1 : Math.min(1, growthMb / bytesToMb(growth.bytes)),
  };
}
