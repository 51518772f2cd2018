import type { LightweightProfile } from '../core/profile.js';
import { bytesToMb } from '../core/units.js';
import type { RequestReading } from './record-layout.js';

/** The profile of the `sequence`-th sampled request of `run`. */
export function toProfile(
  reading: Readonly<RequestReading>,
  identity: { readonly run: string; readonly sequence: number },
): LightweightProfile {
  return {
    requestId: `${identity.run}-${identity.sequence}`,
    timestamp: reading.timestamp,
    memoryMb: bytesToMb(reading.used),
    memoryDeltaMb: bytesToMb(reading.delta),
    allocatedMb: bytesToMb(reading.allocated),
    externalMb: bytesToMb(reading.external),
    rssMb: bytesToMb(reading.rss),
    latencyMs: reading.latencyMs,
    statusCode: reading.statusCode,
    inFlight: reading.inFlight,
    gc: [reading.minorCount, reading.majorCount],
    floorMb: bytesToMb(reading.floor),
    run: identity.run,
  };
}
