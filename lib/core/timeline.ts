import type { StackFrame } from './profile.js';

/**
 * The state of a run at one moment, as `_timeline.json` keeps it.
 *
 * - `start`, `stop`: the run's first and last entry.
 * - `tick`: about once a second while requests finish.
 * - `floor`: at the end of a major GC. Memory fields are the readings of the GC's epilogue.
 */
export type TimelineKind = 'start' | 'tick' | 'floor' | 'stop';

/** Stacks that a reading of the sampler lists by live bytes, and again by growth. One that lists fewer lists all. */
export const STACKS_PER_READING = 40;

/** One live stack at the time of an entry: sampled, hence estimated. */
export interface SiteReading {
  /** Number of the stack in `_stacks.json`, unique within the run. */
  readonly stack: number;
  /** Estimated live bytes. */
  readonly liveBytes: number;
  /** Number of live samples behind the estimate. */
  readonly samples: number;
  /** Estimated number of live objects. */
  readonly liveCount: number;
}

/** The sampler's session that a reading of sites is of. */
export interface SamplerSession {
  /** Tells sessions of a run apart: what one holds does not go on in the next. */
  readonly session: number;
  /** Mean number of allocated bytes between samples; 0 where it is not known, in a session of someone else. */
  readonly intervalBytes: number;
}

/** One entry of `_timeline.json`. Sizes in MB (2^20 bytes), times in ms. */
export interface TimelineEntry {
  readonly kind: TimelineKind;
  readonly run: string;
  readonly timestamp: number;
  /** Requests finished since the run started, over all endpoints, sampled or not. */
  readonly requests: number;
  /** Requests finished since the previous entry, by endpoint; endpoints without any are left out. */
  readonly finished: Readonly<Record<string, number>>;
  /** Profiled requests running now. */
  readonly inFlight: number;
  /** Used V8 heap. */
  readonly usedMb: number;
  /** Size of machine code and bytecode, to be subtracted from `usedMb`; 0 when not known. */
  readonly codeMb: number;
  /** V8's total (committed) heap. */
  readonly heapTotalMb: number;
  readonly externalMb: number;
  readonly mallocedMb: number;
  readonly rssMb: number;
  /** V8's heap limit. */
  readonly limitMb: number;
  /** GC cycles since the run started. */
  readonly gc: readonly [minor: number, major: number];
  readonly gcPauseMs: number;
  readonly gcFreedMb: number;
  /** On `floor`: the least external memory from the GC's end to a second later. V8 frees dead Buffers after the GC. */
  readonly externalLowMb?: number;
  /** On `floor`: whether heaptide asked for the GC. */
  readonly probed?: boolean;
  /** On `floor`, `stop`, and the `tick` after a probe: what heaptide itself has cost so far. */
  readonly overhead?: Overhead;
  /** The top live stacks, where they were read. */
  readonly sites?: readonly SiteReading[];
  /** On entries with sites. */
  readonly sampler?: SamplerSession;
  /** On `start`: who writes. */
  readonly process?: RunProcess;
  /** On `start`: whether the run has a journal, whose lock says whether the run is alive. */
  readonly journaled?: boolean;
}

/** What heaptide has cost the run so far, apart from some 0.2 µs at each request. */
export interface Overhead {
  /** Time spent reading allocation sites, in ms. */
  readonly siteReadMs: number;
  /** GC pauses of the probes, in ms. */
  readonly probePauseMs: number;
  /** CPU time of the probes, their pauses and V8's helper threads, in ms. Estimated; absent where it is not known. */
  readonly probeCpuMs?: number;
  /** Live bytes that heaptide itself allocated. Estimated. */
  readonly selfMb: number;
}

/** The process or worker thread of a run. */
export interface RunProcess {
  readonly pid: number;
  /** 0 on the main thread. */
  readonly thread: number;
  readonly node: string;
  /** Mean number of allocated bytes between samples at first; 0 when the sampler does not run. */
  readonly sampleIntervalBytes: number;
  /** `native` or `fallback`. */
  readonly backend: string;
}

/** One entry of `_stacks.json`: the frames of a stack that timeline entries refer to by number. */
export interface StackEntry {
  readonly run: string;
  readonly stack: number;
  /** Innermost first. Frames of heaptide itself are left out. */
  readonly frames: readonly StackFrame[];
}

/** One entry of `_endpoints.json`: which file holds an endpoint's profiles, and which function serves it. */
export interface EndpointEntry {
  /** The endpoint's own name, as the application gave it. */
  readonly endpoint: string;
  /** Name of the file in the same directory. */
  readonly file: string;
  /** The wrapped function, where it is known: its frame in a stack is the endpoint's. */
  readonly handler?: StackFrame;
}
