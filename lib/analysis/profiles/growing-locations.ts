import type { GrowingLocation } from '../../core/analysis-result.js';
import type { AllocationSite, Profile } from '../../core/profile.js';
import { validateNumber } from '../../core/validation.js';
import { theilSenSlope } from '../statistics/theil-sen.js';
import type { CaptureHistory } from './capture-history.js';
import { latestCaptures, MAX_ROWS, sumByFunction } from './memory-consumers.js';

/** A slope through two captures is their difference, garbage included: three are the least that says more. */
const MIN_CAPTURES = 3;

/**
 * The functions whose live bytes grow most over the detailed captures of the latest run in `profiles`.
 *
 * Growth is the Theil-Sen slope over all captures that list the function, times the requests that they span, so one
 * capture full of garbage does not decide. A function that appears late starts where it appears. Estimated from samples.
 *
 * @param count - Rows to return at most, 0 to 1,000,000.
 * @throws `RangeError` or `TypeError` when `count` is not such a number.
 */
export function getTopGrowingLocations(
  profiles: Iterable<Profile>,
  count = 20,
): readonly GrowingLocation[] {
  const rows = validateNumber('count', count, { min: 0, max: MAX_ROWS, integer: true });
  return rankGrowth(latestCaptures(profiles)).slice(0, rows);
}

interface LocationSeries {
  readonly requests: number[];
  readonly liveMb: number[];
  latest: AllocationSite;
}

/** Growing functions by growth, largest first. */
export function rankGrowth(history: CaptureHistory): readonly GrowingLocation[] {
  const locations = new Map<string, LocationSeries>();
  for (const { request, sites } of history.captures()) {
    for (const [key, site] of sumByFunction(sites)) {
      const series = locations.get(key) ?? { requests: [], liveMb: [], latest: site };
      series.requests.push(request);
      series.liveMb.push(site.liveMb);
      series.latest = site;
      locations.set(key, series);
    }
  }
  return [...locations.values()]
    .flatMap((series) => toGrowth(series) ?? [])
    .sort((a, b) => b.growthMb - a.growthMb);
}

function toGrowth({ requests, liveMb, latest }: LocationSeries): GrowingLocation | undefined {
  if (requests.length < MIN_CAPTURES) return undefined;
  const growthMbPerRequest = theilSenSlope(requests, liveMb);
  if (!(growthMbPerRequest > 0)) return undefined;
  const span = (requests.at(-1) ?? 0) - (requests[0] ?? 0);
  const growthMb = growthMbPerRequest * span;
  return { ...latest, growthMb, growthMbPerRequest, captures: requests.length };
}
