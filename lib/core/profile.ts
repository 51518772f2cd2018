/**
 * Why a detailed capture was taken.
 *
 * - `near_heap_limit`: V8 reported that the heap is about to run out, and the process lived on.
 * - `first`: the first sampled request of the endpoint.
 * - `error`: the request threw or ended with a status of 400 or more.
 * - `spike`: used heap rose above the endpoint's highest detailed capture by more than the threshold.
 * - `periodic`: every N-th sampled request of the endpoint.
 * - `post_gc`: the first request finished after a major GC, when the heap stands at its floor.
 */
export type CaptureReason =
  | 'near_heap_limit'
  | 'first'
  | 'error'
  | 'spike'
  | 'periodic'
  | 'post_gc';

/** All capture reasons, in order of precedence. */
export const CAPTURE_REASONS: readonly CaptureReason[] = [
  'near_heap_limit',
  'first',
  'error',
  'spike',
  'post_gc',
  'periodic',
];

/**
 * What one request did to the heap. All sizes are in MB (2^20 bytes) and process-wide readings: a delta belongs to the
 * request alone only when `inFlight` is 1.
 */
export interface LightweightProfile {
  /** `{run}-{n}`, unique over processes, threads and restarts. */
  readonly requestId: string;
  /** Wall-clock time at which the request finished, in ms since the epoch. */
  readonly timestamp: number;
  /** Used V8 heap after the request. Exact. */
  readonly memoryMb: number;
  /** Used heap after minus before. Negative when a GC ran in between. */
  readonly memoryDeltaMb: number;
  /** `memoryDeltaMb` plus the bytes that GCs freed meanwhile: what was allocated, whether kept or not. */
  readonly allocatedMb: number;
  /** External memory (Buffers, ArrayBuffers, external strings) after the request. */
  readonly externalMb: number;
  /** Resident set size, at most 100 ms old. */
  readonly rssMb: number;
  /** Duration in ms, by a monotonic clock. */
  readonly latencyMs: number;
  /** HTTP status or its equivalent: 200 for a plain return, 500 for an error that says nothing else. */
  readonly statusCode: number;
  /** Number of profiled requests that ran at some moment of this one, itself included. */
  readonly inFlight: number;
  /** GC cycles since the run started. */
  readonly gc: readonly [minor: number, major: number];
  /** Used heap at the end of the last major GC; 0 until there was one. */
  readonly floorMb: number;
  /** Identifier of the run (one process or worker thread, from start to end). */
  readonly run: string;
  /** First line of the error's message, at most 200 characters. */
  readonly errorMessage?: string;
}

/** A lightweight profile plus the evidence of where memory is. */
export interface DetailedProfile extends LightweightProfile {
  readonly reason: CaptureReason;
  /**
   * Sites with the most live bytes and sites that grew most. Absent when the sampler does not run, and for requests that
   * end before the process has allocated 512 KiB since the start of the run.
   */
  readonly topConsumers?: readonly AllocationSite[];
  readonly gcStats: GcStats;
  readonly heap: HeapStatistics;
}

/** One stored request. */
export type Profile = LightweightProfile | DetailedProfile;

/** Whether `profile` carries the fields of a detailed capture. */
export function isDetailed(profile: Profile): profile is DetailedProfile {
  return 'reason' in profile;
}

/** One frame of a stack. V8's sampler is function-granular: line and column are where the function starts. */
export interface StackFrame {
  /** Name of the function; `(anonymous)` when it has none. */
  readonly function: string;
  /** Path or URL of the script; empty for built-in functions. */
  readonly file: string;
  /** 1-based line of the function's start; 0 when unknown. */
  readonly line: number;
  /** 1-based column of the function's start; 0 when unknown. */
  readonly column: number;
}

/** Live memory by the function that allocated it. Estimated from samples. */
export interface AllocationSite extends StackFrame {
  /** Estimated live bytes, in MB. */
  readonly liveMb: number;
  /** Standard deviation that sampling implies for `liveMb`. */
  readonly liveSdMb: number;
  /** Estimated number of live objects. */
  readonly liveCount: number;
  /** `liveMb` minus its value at the baseline (the first reading of sites after a major GC). */
  readonly growthMb: number;
  /** The callers, innermost first, the site itself excluded, as `function (file:line:column)`. */
  readonly stack: readonly string[];
}

/** What the garbage collector did. */
export interface GcStats {
  /** GC cycles since the run started. */
  readonly minorCount: number;
  readonly majorCount: number;
  /** Time in GC callbacks' brackets since the run started, in ms. */
  readonly pauseMs: number;
  /** Bytes freed since the run started. */
  readonly freedMb: number;
  /** Used heap at the end of the last major GC; 0 until there was one. */
  readonly floorMb: number;
  /** The same figures since the endpoint's last detailed capture. */
  readonly sinceLastCapture: {
    readonly minorCount: number;
    readonly majorCount: number;
    readonly pauseMs: number;
    readonly freedMb: number;
  };
}

/** Heap statistics in MB, as V8 reports them. */
export interface HeapStatistics {
  readonly usedMb: number;
  readonly totalMb: number;
  readonly limitMb: number;
  readonly externalMb: number;
  /** Memory that V8 itself took from malloc. */
  readonly mallocedMb: number;
  readonly rssMb: number;
  /** Used bytes by space, in MB, under V8's names (`new_space`, `old_space`, ...). */
  readonly spaces: Readonly<Record<string, number>>;
}
