import { frameKey } from '../../core/stack-frame.js';
import type { FloorWindow } from '../run/run-history.js';
import type { SiteEvidence } from './growing-sites.js';
import { BEYOND_DOUBT, GrowthMeter, MIN_FLOORS, reaches } from './stack-growth.js';
import { sumSeries } from './stack-series.js';

/** How much live memory grew whose stacks hold the frame of one endpoint's handler. */
export interface EndpointStackGrowth {
  readonly bytes: number;
  /** Standard deviation of the growth of memory that merely comes and goes: of as many births of samples as deaths. */
  readonly deviation: number;
}

/**
 * The endpoints under whose frame live memory grows beyond chance. All stacks of an endpoint are taken together: a leak
 * is found by fewer samples than would name each of the functions that they are spread over. It is followed over the
 * endpoint's own requests, so that one that is called less toward the end does not seem to fill up.
 */
export function growthByEndpoint(
  { history, endpoints }: SiteEvidence,
  windows: readonly FloorWindow[],
): ReadonlyMap<string, EndpointStackGrowth> {
  const grown = new Map<string, EndpointStackGrowth>();
  if (history.requests.length < MIN_FLOORS) return grown;
  for (const endpoint of new Set(endpoints.values())) {
    const stacks = history.stacks.filter(({ frames }) =>
      frames.some((frame) => endpoints.get(frameKey(frame)) === endpoint),
    );
    if (stacks.length === 0) continue;
    const total = sumSeries(stacks);
    const meter = new GrowthMeter(ownRequests(endpoint, history.requests, windows));
    const growth = meter.measure(total);
    const live = total.samples.at(-1) ?? 0;
    if (!reaches(growth, BEYOND_DOUBT) || live === 0) continue;
    const bytesPerSample = (total.bytes.at(-1) ?? 0) / live;
    const turnover = stacks.reduce((sum, { samples }) => sum + meter.turnover(samples), 0);
    grown.set(endpoint, {
      bytes: growth.bytes,
      deviation: bytesPerSample * Math.sqrt(turnover),
    });
  }
  return grown;
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
