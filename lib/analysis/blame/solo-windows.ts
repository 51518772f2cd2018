import { median } from 'simple-statistics';
import type { Channel } from '../../core/analysis-result.js';
import type { FloorWindow } from '../run/run-history.js';

/** Windows with a single endpoint that are needed to say something of it. */
const MIN_SOLO_WINDOWS = 4;

/**
 * Growth per request of an endpoint in the windows in which no other endpoint finished anything: the cleanest evidence
 * there is. The median over these windows; `undefined` when there are too few.
 */
export function soloBytesPerRequest(
  windows: readonly FloorWindow[],
  endpoint: string,
  channel: Channel,
): number | undefined {
  const rates = windows.flatMap(({ from, to, finished }) => {
    const busy = [...finished].filter(([, count]) => count > 0);
    const [only] = busy;
    if (busy.length !== 1 || only?.[0] !== endpoint) return [];
    return [(to[channel] - from[channel]) / only[1]];
  });
  return rates.length < MIN_SOLO_WINDOWS ? undefined : median(rates);
}
