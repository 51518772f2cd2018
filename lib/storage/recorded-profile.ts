import type { DetailedProfile, LightweightProfile, Profile } from '../core/profile.js';
import { bytesToMb } from '../core/units.js';
import type { RequestReading } from './record-ring.js';

/** What a record carries besides its figures. */
export interface RecordExtras {
  /** The fields that make the profile a detailed one. */
  readonly detail?: Omit<DetailedProfile, keyof LightweightProfile> | undefined;
  /** First line of the error's message, at most 200 characters. */
  readonly errorMessage?: string | undefined;
}

/** The profile of the `sequence`-th sampled request of `run`. */
export function toProfile(
  reading: Readonly<RequestReading>,
  identity: { readonly run: string; readonly sequence: number },
  extras?: RecordExtras,
): Profile {
  const profile: LightweightProfile = {
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
  if (extras === undefined) return profile;
  const { errorMessage, detail } = extras;
  return { ...profile, ...(errorMessage !== undefined && { errorMessage }), ...detail };
}
