import type { TimelineEntry } from '../../core/timeline.js';
import { mbToBytes } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';

/** The floor that an entry of that kind tells of. */
export function toFloorPoint(entry: TimelineEntry): FloorPoint {
  return {
    request: entry.requests,
    timestamp: entry.timestamp,
    heap: mbToBytes(entry.usedMb - entry.codeMb),
    code: mbToBytes(entry.codeMb),
    external: mbToBytes(entry.externalLowMb ?? entry.externalMb),
    native: mbToBytes(entry.rssMb - entry.heapTotalMb - entry.externalMb),
    inFlight: entry.inFlight,
  };
}

/** The floors of a run's `floor` entries, in their order. */
export function toFloorPoints(entries: readonly TimelineEntry[]): readonly FloorPoint[] {
  // Where the size of code is not known, the last known size stands in: a jump by the whole code would look like growth.
  let codeMb = entries.find((entry) => entry.codeMb > 0)?.codeMb ?? 0;
  return entries.map((entry) => {
    if (entry.codeMb > 0) codeMb = entry.codeMb;
    return toFloorPoint({ ...entry, codeMb });
  });
}
