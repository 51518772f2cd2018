import type { Channel } from '../../core/analysis-result.js';
import { BYTES_PER_MB } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';
import { grownBytes, type Look } from './look.js';
import type { Projection } from './projection.js';
import type { TrendContext } from './trend-context.js';

/** Requests after which growth counts as a leak: most bounded caches are full by then. */
export const DEFAULT_CONFIRM_AFTER_REQUESTS = 5_000;

// Growth that matters whatever it is.
const CONFIRMING_GROWTH_BYTES = 64 * BYTES_PER_MB;
// An operator must know today.
const CONFIRMING_HOURS = 24;
// A projection reaches no further than this many times what was observed: a cache that fills at the pace of a load
// test would exhaust any heap within hours.
const MAX_EXTRAPOLATION = 10;

/** Whether growth on which two looks agree is a leak already, and not only provisional. */
export function isConfirmed(
  look: Look,
  observed: {
    readonly requests: number;
    readonly confirmAfterRequests: number;
    readonly projection: Projection | undefined;
  },
): boolean {
  const growth = grownBytes(look);
  return (
    observed.requests >= observed.confirmAfterRequests ||
    growth >= CONFIRMING_GROWTH_BYTES ||
    exhaustsSoon(observed.projection, growth)
  );
}

/** Whether growth between two floors of a channel could be confirmed at all: what a test need not be run for. */
export function mayBeConfirmed(
  observed: { readonly channel: Channel; readonly first: FloorPoint; readonly last: FloorPoint },
  { confirmAfterRequests = DEFAULT_CONFIRM_AFTER_REQUESTS, limitBytes }: TrendContext,
): boolean {
  const { channel, first, last } = observed;
  if (last.request >= confirmAfterRequests) return true;
  const room = channel === 'heap' && limitBytes !== undefined ? limitBytes - last.heap : Infinity;
  // A trend is steeper than the whole where growth began late, so half of it will do.
  const growth = 2 * (last[channel] - first[channel]);
  return growth >= Math.min(CONFIRMING_GROWTH_BYTES, room / MAX_EXTRAPOLATION);
}

function exhaustsSoon(projection: Projection | undefined, growth: number): boolean {
  if (projection === undefined) return false;
  const { hoursToLimit, roomBytes } = projection;
  return hoursToLimit <= CONFIRMING_HOURS && roomBytes <= MAX_EXTRAPOLATION * growth;
}
