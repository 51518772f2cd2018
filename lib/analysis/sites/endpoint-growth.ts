import { groupBy } from '../../core/group-by.js';
import type { FloorWindow } from '../run/run-history.js';
import { endpointsIn } from './endpoint-frames.js';
import type { SiteEvidence } from './growing-sites.js';
import { BEYOND_DOUBT, GrowthMeter, MIN_FLOORS, reaches } from './stack-growth.js';
import { type StackSeries, sumSeries } from './stack-series.js';

/** How much live memory grew in some stacks. */
export interface StackGrowthEstimate {
  readonly bytes: number;
  /** Standard deviation of the growth of memory that merely comes and goes: of as many births of samples as deaths. */
  readonly deviation: number;
}

/** The same for the stacks that hold the frame of an endpoint's handler. */
export interface EndpointStackGrowth extends StackGrowthEstimate {
  /** Whether it is more than chance makes of nothing, and goes on to the end. */
  readonly isBeyondDoubt: boolean;
}

/** Where live memory grew. */
export interface GrowthByEndpoint {
  /** The endpoints that have stacks. */
  readonly endpoints: ReadonlyMap<string, EndpointStackGrowth>;
  /** What no endpoint's frame is in: after an `await`, say. */
  readonly others: StackGrowthEstimate;
}

/**
 * How live memory grows under the frame of each endpoint, and beside them. All stacks of an endpoint are taken together: a
 * leak is found by fewer samples than would name each of the functions that they are spread over. It is followed over
 * the endpoint's own requests, so that one that is called less toward the end does not seem to fill up. Returns
 * `undefined` when there are too few floors with stacks.
 */
export function growthByEndpoint(
  { history, endpoints }: SiteEvidence,
  windows: readonly FloorWindow[],
): GrowthByEndpoint | undefined {
  const { requests, sessions, stacks } = history;
  if (requests.length < MIN_FLOORS) return undefined;
  const overAll = new GrowthMeter(requests, sessions);
  const grown = new Map<string, EndpointStackGrowth>();
  const held = groupBy(
    stacks.flatMap((stack) => holdings(stack, endpoints)),
    ({ endpoint }) => endpoint,
  );
  const stacksOf = (endpoint?: string) => held.get(endpoint)?.map(({ stack }) => stack) ?? [];
  for (const endpoint of new Set(endpoints.values())) {
    const own = stacksOf(endpoint);
    if (own.length === 0) continue;
    const overOwn = new GrowthMeter(ownRequests(endpoint, requests, windows), sessions);
    grown.set(endpoint, estimate(own, overOwn));
  }
  return { endpoints: grown, others: estimate(stacksOf(undefined), overAll) };
}

/** A stack with each endpoint whose frame it holds; with none, once. */
function holdings(
  stack: StackSeries,
  endpoints: ReadonlyMap<string, string>,
): readonly { readonly endpoint?: string; readonly stack: StackSeries }[] {
  const held = [...endpointsIn(stack.frames, endpoints)];
  return held.length === 0 ? [{ stack }] : held.map((endpoint) => ({ endpoint, stack }));
}

function estimate(stacks: readonly StackSeries[], meter: GrowthMeter): EndpointStackGrowth {
  const total = sumSeries(stacks);
  const live = total.samples.at(-1) ?? 0;
  if (live === 0) return { bytes: 0, deviation: 0, isBeyondDoubt: false };
  const growth = meter.measure(total);
  const bytesPerSample = (total.bytes.at(-1) ?? 0) / live;
  const turnover = stacks.reduce((sum, { samples }) => sum + meter.turnover(samples), 0);
  return {
    bytes: growth.bytes,
    deviation: bytesPerSample * Math.sqrt(turnover),
    isBeyondDoubt: reaches(growth, BEYOND_DOUBT),
  };
}

/** Requests of the endpoint finished at each of the floors; all requests, where its own are not known. */
function ownRequests(
  endpoint: string,
  floors: readonly number[],
  windows: readonly FloorWindow[],
): readonly number[] {
  let own = 0;
  let next = 0;
  const counts = floors.map((floor) => {
    for (let window = windows[next]; window !== undefined; window = windows[++next]) {
      if (window.to.request > floor) break;
      own += window.finished.get(endpoint) ?? 0;
    }
    return own;
  });
  return counts.at(-1) === counts[0] ? floors : counts;
}
