import type { MemoryConsumer } from '../../core/analysis-result.js';
import { type AllocationSite, isDetailed, type Profile } from '../../core/profile.js';
import { frameKey } from '../../core/stack-frame.js';
import { validateNumber } from '../../core/validation.js';
import { CaptureHistory } from './capture-history.js';

/** Largest number of rows that may be asked for. */
export const MAX_ROWS = 1_000_000;

/**
 * The functions with the most live bytes, from the latest detailed capture of the latest run in `profiles`.
 *
 * Captures are not added up, since an object that stays is in each of them: mean, largest value and the number of
 * captures are given beside the latest value. Estimated from samples.
 *
 * @param count - Rows to return at most, 0 to 1,000,000.
 * @throws `RangeError` or `TypeError` when `count` is not such a number.
 */
export function getTopMemoryConsumers(
  profiles: Iterable<Profile>,
  count = 20,
): readonly MemoryConsumer[] {
  const rows = validateNumber('count', count, { min: 0, max: MAX_ROWS, integer: true });
  return rankConsumers(latestCaptures(profiles)).slice(0, rows);
}

/** Detailed captures of the run that the last profile belongs to. */
export function latestCaptures(profiles: Iterable<Profile>): CaptureHistory {
  const runs = new Map<string, { readonly history: CaptureHistory; requests: number }>();
  let latest = new CaptureHistory();
  for (const profile of profiles) {
    const run = runs.get(profile.run) ?? { history: new CaptureHistory(), requests: 0 };
    runs.set(profile.run, run);
    latest = run.history;
    const request = run.requests++;
    if (isDetailed(profile) && profile.topConsumers !== undefined) {
      latest.add({ request, sites: profile.topConsumers });
    }
  }
  return latest;
}

/** Functions of the latest capture by live bytes, largest first. */
export function rankConsumers(history: CaptureHistory): readonly MemoryConsumer[] {
  const current = sumByFunction(history.latest?.sites ?? []);
  const total = [...current.values()].reduce((sum, site) => sum + site.liveMb, 0);
  const past = history.captures().map((capture) => sumByFunction(capture.sites));
  const consumers = [...current].map(([key, site]) => {
    const values = past.flatMap((sites) => sites.get(key)?.liveMb ?? []);
    return {
      ...site,
      meanMb: values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length),
      maxMb: values.reduce((a, b) => Math.max(a, b), site.liveMb),
      share: total > 0 ? site.liveMb / total : 0,
      captures: values.length,
    };
  });
  return consumers.sort((a, b) => b.liveMb - a.liveMb);
}

/** One site per function: the sum of its stacks, with the callers of the largest. Unusable rows are left out. */
export function sumByFunction(sites: readonly AllocationSite[]): Map<string, AllocationSite> {
  const sums = new Map<string, AllocationSite>();
  const largestFirst = sites
    .filter((site) => Number.isFinite(site.liveMb) && site.liveMb >= 0)
    .sort((a, b) => b.liveMb - a.liveMb);
  for (const site of largestFirst) {
    const key = frameKey(site);
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? site : addSites(sum, site));
  }
  return sums;
}

function addSites(a: AllocationSite, b: AllocationSite): AllocationSite {
  return {
    ...a,
    liveMb: a.liveMb + b.liveMb,
    liveSdMb: Math.hypot(a.liveSdMb, b.liveSdMb),
    liveCount: a.liveCount + b.liveCount,
    growthMb: a.growthMb + b.growthMb,
  };
}
