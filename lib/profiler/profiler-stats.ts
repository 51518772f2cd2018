import type { SamplerOwner } from '../binding/contract.js';
import type { CaptureReason } from '../core/profile.js';
import type { StorageStats } from '../storage/run-storage.js';
import type { ProbeStats } from './floor-prober.js';

/** What a profiler has done in its present run, or in its last one when it is stopped. */
export interface ProfilerStats {
  readonly enabled: boolean;
  /** `none` until the first start, and where no build of heaptide fits. */
  readonly backend: 'native' | 'fallback' | 'none';
  /** Identifier of the run; empty before the first start. */
  readonly run: string;
  readonly samplingRate: number;
  /** Endpoints seen. */
  readonly endpointCount: number;
  /** Requests finished, sampled or not. */
  readonly requestsFinished: number;
  /** Requests with a record. */
  readonly requestsProfiled: number;
  /** Requests without one, because of the sampling rate, of too many records or of too many open requests. */
  readonly requestsSkipped: number;
  /** Those of them that the sampling rate chose, but that exceeded `maxRecordsPerSecond`. */
  readonly requestsThinned: number;
  /** Requests running now. */
  readonly inFlight: number;
  /** Detailed captures by reason. */
  readonly detailed: Readonly<Record<CaptureReason, number>>;
  /** Detailed captures that the time budget turned into lightweight records. */
  readonly detailedWithheld: number;
  readonly sites: {
    /** Whose sampler runs: heaptide's own, a foreign one that is read but never stopped, or none. */
    readonly samplerOwner: SamplerOwner;
    /** Readings of the sampler, and the time that they took. */
    readonly readCount: number;
    readonly readMs: number;
    /** Live bytes that heaptide itself allocated, as sampled at the last reading. Estimated. */
    readonly selfBytes: number;
    /** Mean number of allocated bytes between samples, at the last reading; 0 where it is not known. */
    readonly sampleIntervalBytes: number;
  };
  readonly probes: ProbeStats;
  /** Records waiting in memory. */
  readonly bufferSize: number;
  readonly storage: StorageStats;
  /** Failures inside heaptide that cost a record, or a run that was to start; no request was harmed. */
  readonly internalErrors: number;
}

/** The stats before the first start. */
export function idleStats(): Omit<ProfilerStats, 'enabled' | 'samplingRate'> {
  return {
    backend: 'none',
    run: '',
    endpointCount: 0,
    requestsFinished: 0,
    requestsProfiled: 0,
    requestsSkipped: 0,
    requestsThinned: 0,
    inFlight: 0,
    detailed: { near_heap_limit: 0, first: 0, error: 0, spike: 0, periodic: 0, post_gc: 0 },
    detailedWithheld: 0,
    sites: { samplerOwner: 'none', readCount: 0, readMs: 0, selfBytes: 0, sampleIntervalBytes: 0 },
    probes: { requested: 0, floors: 0, pauseMs: 0 },
    bufferSize: 0,
    storage: {
      written: 0,
      buffered: 0,
      dropped: 0,
      droppedDetails: 0,
      droppedEntries: 0,
      flushErrors: 0,
      bytesWritten: 0,
      recovered: 0,
      journaled: false,
    },
    internalErrors: 0,
  };
}
