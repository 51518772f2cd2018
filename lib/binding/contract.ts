import type { FileMemory } from '../core/file-memory.js';

/**
 * The typed contract of the native addon. `native/core/fields.h` holds the same lists; a test compares them.
 *
 * One crossing per operation; numbers travel in preallocated arrays. Every function is synchronous, belongs to the
 * calling environment (main thread or worker) and never throws except where it says so.
 */

/** Slots of {@link HeapReader.heap}, in order. Sizes in bytes, times in ms. */
export const HEAP_FIELDS = [
  // Written by `read()`.
  'time', // Monotonic clock, ms.
  'used', // Used heap, all spaces; those for code and read-only data as of the last GC.
  'external', // Memory outside the heap that V8 was told of: Buffers, ArrayBuffers, addons, Node.js's own.
  'rss', // At most 100 ms old.
  // Kept current by the GC observer, without a call. Zero until `startGcObserver()`.
  'minorCount',
  'majorCount',
  'incrementalCount', // Incremental marking phases.
  'weakCallbackCount', // Weak-callback processing phases.
  'freed', // Bytes freed by all GCs so far.
  'pause', // Time inside GC prologue/epilogue brackets so far, ms.
  'minorFloor', // Used heap at the end of the last scavenge.
  // The last major GC's epilogue.
  'floor', // Used heap.
  'floorTime', // Monotonic clock, ms.
  'floorCode', // Code spaces (machine code; bytecode too where V8 keeps it in a trusted space).
  'floorExternal',
  'floorMalloced',
  'floorTotal', // Committed heap.
  'floorRss',
  'externalLow', // Least `external` since that GC: dead Buffers are freed after it, on other threads.
  'nearLimitCount', // Notices of V8 that the heap is about to run out, while it was watched.
] as const;

/** Name of a slot of the shared heap array. */
export type HeapField = (typeof HEAP_FIELDS)[number];

/** Index of each slot of the shared heap array. */
export const HEAP = Object.fromEntries(HEAP_FIELDS.map((name, index) => [name, index])) as Readonly<
  Record<HeapField, number>
>;

/** Columns of one row of {@link SiteReader.readSites}. */
export const SITE_COLUMNS = [
  'stack', // Number of the stack, stable for the life of the environment.
  'liveBytes', // Estimated.
  'liveCount', // Estimated number of objects.
  'samples', // Live samples behind the estimate.
  'variance', // Of liveBytes, in bytes squared, from the sampling alone.
  'growthBytes', // liveBytes minus the baseline's.
  'growthSamples',
] as const;

/** Name of a column of a site row. */
export type SiteColumn = (typeof SITE_COLUMNS)[number];

/** Index of each column of a site row. */
export const SITE = Object.fromEntries(
  SITE_COLUMNS.map((name, index) => [name, index]),
) as Readonly<Record<SiteColumn, number>>;

/** Whose sampler is running: ours, someone else's (read, never stopped), or none. */
export type SamplerOwner = 'heaptide' | 'foreign' | 'none';

/** The result of one reading of the sampler. */
export interface SiteReadings {
  /** Rows of {@link SITE_COLUMNS}, by live bytes, largest first; no row for heaptide's own stacks. */
  readonly rows: Float64Array;
  /** Over all stacks, heaptide's own included. */
  readonly totalBytes: number;
  /** Live bytes that heaptide's own functions allocated. */
  readonly selfBytes: number;
  /** Size of V8's call tree, in nodes. */
  readonly nodeCount: number;
  /** Tells sessions of the sampler apart: live bytes of one do not go on in the next. */
  readonly session: number;
  /** Mean number of allocated bytes between samples; 0 where it is not known, in a session of someone else. */
  readonly intervalBytes: number;
  /** Duration of the reading, in ms. */
  readonly readMs: number;
}

/** Reads the heap's counters. */
export interface HeapReader {
  /** Shared with native code: indices are {@link HEAP}. Written by `read()` and by the GC observer. */
  readonly heap: Float64Array;
  /** Refreshes time, used, external and rss. About 100 ns. */
  readonly read: () => void;
  /** Counts GCs from now on. Idempotent. */
  readonly startGcObserver: () => void;
  readonly stopGcObserver: () => void;
  /**
   * Asks V8 for one ordinary, concurrent major GC, without stopping the world: external memory is raised above V8's
   * soft limit and lowered at once. Returns false when it would be unwise (external memory near V8's hard limit).
   */
  readonly requestMajorGc: () => boolean;
  /** Used bytes by space and the totals of `v8::HeapStatistics`. For detailed captures: about 5 us and two objects. */
  readonly heapStatistics: () => NativeHeapStatistics;
  /**
   * Size of machine code and bytecode, in bytes. Exact, but V8 walks the old space for it: about 0.1 ms per MB of heap.
   * Callers bound how often they ask.
   */
  readonly codeSize: () => number;
  /**
   * Wall-clock time, since the epoch, minus the monotonic time of the heap array, in ms. `Date.now()` would do, in whole
   * ms; V8 brings a part of the math library into memory at its first call.
   */
  readonly clockOffset: () => number;
  /**
   * CPU time taken so far. About 1 us and an object; in steps of 16 ms on Windows. `null` where it is not known: in the
   * fallback, and where the system does not tell.
   */
  readonly cpuTimes: () => CpuTimes | null;
}

/** CPU time, user and system together, in ms. */
export interface CpuTimes {
  /** All threads of the process. */
  readonly processMs: number;
  /** The calling thread. */
  readonly threadMs: number;
}

/** Bytes, under V8's names for spaces. */
export interface NativeHeapStatistics {
  readonly used: number;
  readonly total: number;
  readonly limit: number;
  readonly external: number;
  readonly malloced: number;
  readonly rss: number;
  readonly spaces: Readonly<Record<string, number>>;
}

/** Options of the sampler. */
export interface SamplerOptions {
  readonly intervalBytes: number;
  readonly stackDepth: number;
  /** Scripts under this folder are heaptide itself: their allocations are counted apart. */
  readonly selfPath: string;
}

/** Reads V8's allocation sampler. */
export interface SiteReader {
  /** Starts the sampler, or borrows one that already runs. Idempotent. Returns the owner afterwards. */
  readonly startSampler: (options: SamplerOptions) => SamplerOwner;
  /** Stops the sampler if `startSampler` started it. Idempotent. Stack numbers stay valid. */
  readonly stopSampler: () => void;
  readonly samplerOwner: () => SamplerOwner;
  /**
   * The `limit` stacks with the most live bytes, and the `limit` that grew most since the baseline.
   * `null` when no sampler runs. A borrowed sampler of an inspector session makes V8 run a full GC at each reading.
   */
  readonly readSites: (limit: number) => SiteReadings | null;
  /** Makes the last reading the baseline of growth. */
  readonly markSiteBaseline: () => void;
  /**
   * Frames of a stack, innermost first, as `[function, file, line, column, ...]`. Functions of heaptide are left out.
   * Empty for an unknown number.
   */
  readonly stackFrames: (stack: number) => ReadonlyArray<string | number>;
  /**
   * Where the source of `fn` starts, as `[function, file, line, column]` in the words of {@link stackFrames}: what
   * recognizes an endpoint's own frame in a stack. Bound functions are followed. Empty for built-in functions.
   */
  readonly functionLocation: (fn: (...args: never[]) => unknown) => ReadonlyArray<string | number>;
}

/** Watches for V8's notice that the heap is about to run out. */
export interface NearHeapLimitWatch {
  /**
   * At V8's next notice, writes the live sites and the heap's figures to the file at `path`, without running JavaScript,
   * counts `nearLimitCount` up, raises the limit by the size of the young generation until there is room again, and ends
   * the watch. A worker, which Node.js ends at the notice, writes at the end of its environment instead.
   *
   * `identity` is the JSON of an object without its braces; its members come first in the file. Returns false, without
   * effect, when this isolate is watched already.
   */
  readonly watchNearHeapLimit: (
    thread: 'main' | 'worker',
    path: string,
    identity: string,
  ) => boolean;
  /** Ends the watch. Idempotent. */
  readonly unwatchNearHeapLimit: () => void;
}

/** Everything that the layers above may ask of a backend. */
export interface Binding extends HeapReader, SiteReader {
  readonly backend: 'native' | 'fallback';
  /** `threadId` of `node:worker_threads`: 0 in the main thread. */
  readonly thread: number;
  /** The fallback has none: JavaScript does not run when the heap runs out. */
  readonly nearHeapLimit?: NearHeapLimitWatch;
  /** Locked and mapped files: absent in the fallback and on Windows. */
  readonly fileMemory?: FileMemory;
}
