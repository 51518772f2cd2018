import type { GrowingSite } from '../../core/analysis-result.js';
import { rankGrowth } from '../profiles/growing-locations.js';
import type { EndpointRecords } from '../profiles/run-records.js';

/** Captures of an endpoint that a slope needs, and standard deviations of sampling that growth must exceed. */
const MIN_CAPTURES = 6;
const MIN_DEVIATIONS = 2;

/**
 * Growing functions of a run without sites in its timeline: from the detailed captures of the endpoint that has most of
 * them. Captures hold garbage too, and no whole stacks, so endpoints cannot be told.
 */
export function capturedSites(
  endpoints: readonly EndpointRecords[],
  run: string,
): readonly GrowingSite[] {
  const histories = endpoints.map((endpoint) => endpoint.of(run).captures);
  const [densest] = histories.sort((a, b) => b.captures().length - a.captures().length);
  if (densest === undefined) return [];
  return rankGrowth(densest)
    .filter(
      ({ growthMb, liveSdMb, captures }) =>
        captures >= MIN_CAPTURES && growthMb > MIN_DEVIATIONS * liveSdMb,
    )
    .map(({ captures: _, ...site }) => ({ ...site, channel: 'heap', endpoints: {} }));
}
