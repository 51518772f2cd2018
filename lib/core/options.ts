/** Largest mean of allocated bytes between samples: V8 cuts the random intervals that it draws at twice that. */
export const MAX_SAMPLE_INTERVAL_BYTES = 2 ** 30;

/** When a request gets a detailed capture. Every rule can be switched off. */
export interface CaptureOptions {
  /**
   * Watch for V8's notice that the heap is about to run out. A last capture is then written natively, since JavaScript
   * may not run again, V8's limit is raised once by the size of its young generation until there is room again, and if
   * the process lives, the next request that finishes is captured. @defaultValue true
   */
  readonly nearHeapLimit?: boolean;
  /** Capture the first sampled request of each endpoint. @defaultValue true */
  readonly first?: boolean;
  /** Capture requests that throw or end with a status of 400 or more. @defaultValue true */
  readonly error?: boolean;
  /**
   * Shortest time between two `error` captures of one endpoint, in ms: an error storm costs one capture per interval.
   *
   * Minimum 0, maximum 3,600,000. @defaultValue 1000
   */
  readonly errorIntervalMs?: number;
  /**
   * Capture when used heap exceeds the highest value that a detailed capture of the endpoint saw by this share. 0
   * switches off.
   *
   * Minimum 0, maximum 10. @defaultValue 0.02
   */
  readonly spikeRatio?: number;
  /**
   * A spike must also exceed this many bytes.
   *
   * Minimum 0, maximum 1 TiB. @defaultValue 1_048_576 (1 MB)
   */
  readonly spikeMinBytes?: number;
  /**
   * Capture every N-th sampled request of an endpoint. 0 switches off.
   *
   * Minimum 0, maximum 1,000,000,000. @defaultValue 25
   */
  readonly periodicEvery?: number;
  /** Capture the first request finished after a major GC. @defaultValue true */
  readonly postGc?: boolean;
}

/** How allocation sites are sampled and read. */
export interface SitesOptions {
  /** Run V8's allocation sampler. @defaultValue true */
  readonly enabled?: boolean;
  /**
   * Mean number of allocated bytes between samples to begin with. Smaller is more precise and slower.
   *
   * Minimum 1024, maximum 1 GiB. @defaultValue 8192 (8 KiB)
   */
  readonly sampleIntervalBytes?: number;
  /**
   * Samples per second in the long run, and 10,000 at once. A service that allocates more than that is sampled at four
   * times the interval, as often as it takes. V8 takes 5 to 25 µs for a sample.
   *
   * Minimum 10, maximum 1,000,000. @defaultValue 500
   */
  readonly maxSamplesPerSecond?: number;
  /** Frames kept per sample. Minimum 1, maximum 128. @defaultValue 32 */
  readonly stackDepth?: number;
  /** Sites per detailed capture, by live bytes and again by growth. Minimum 1, maximum 100. @defaultValue 10 */
  readonly top?: number;
  /**
   * Sites are read at most once per this time and shared by the captures in between.
   *
   * Minimum 0, maximum 3,600,000. @defaultValue 1000
   */
  readonly refreshMs?: number;
  /**
   * Detailed captures pause for the rest of a second in which they took more than this share of it.
   *
   * Minimum 0, maximum 1. @defaultValue 0.01
   */
  readonly maxCpuShare?: number;
}

/** How major-GC floors are obtained. */
export interface ProbeOptions {
  /** Ask V8 for a major GC now and then, to see the floor. @defaultValue true */
  readonly enabled?: boolean;
  /**
   * - `concurrent`: an ordinary major GC, most of which runs beside the program.
   * - `forced`: a full GC that stops the program, some 10 ms and 1 ms per MB. For tests, where every floor counts.
   *
   * @defaultValue 'concurrent'
   */
  readonly mode?: 'concurrent' | 'forced';
  /** Shortest time between two probes, in ms. Minimum 100, maximum 3,600,000. @defaultValue 2000 */
  readonly minIntervalMs?: number;
  /**
   * Largest share of wall time that the CPU time of probes may take in the long run, V8's helper threads included; probes
   * are spaced out until it holds.
   *
   * Minimum 0.0001, maximum 1. @defaultValue 0.01
   */
  readonly maxCpuShare?: number;
}

/**
 * Options of `EndpointProfiler`. Precedence: code, then `HEAPTIDE_*` variables, then `heaptide` in the `package.json` of
 * the working directory, then the default. A variable is named after its option: `capture.spikeRatio` is
 * `HEAPTIDE_CAPTURE_SPIKE_RATIO`.
 */
export interface ProfilerOptions {
  /** Profile from the start. Also `HEAPTIDE_ENABLE_PROFILING`. @defaultValue false */
  readonly enabled?: boolean;
  /**
   * Share of requests that get a record, per endpoint and exact. The first request of an endpoint is always sampled,
   * unless the rate is 0. Also `HEAPTIDE_PROFILING_SAMPLE_RATE`.
   *
   * Minimum 0, maximum 1. @defaultValue 1
   */
  readonly samplingRate?: number;
  /**
   * Records per second of an endpoint in the long run. After a quiet time, up to `maxProfilesPerEndpoint` may come at
   * once. Requests beyond are counted without a record, unless the rules `error`, `postGc` or `nearHeapLimit` capture
   * them.
   *
   * Minimum 1, maximum 1,000,000. @defaultValue 50
   */
  readonly maxRecordsPerSecond?: number;
  /**
   * Records of an endpoint that trigger a flush, which comes at once, but no second one within a second. Whatever the
   * rate, a journal that is half full is flushed at once. Minimum 1, maximum 4096. @defaultValue 100
   */
  readonly bufferSize?: number;
  /** Longest time that a record waits in memory, in ms. Minimum 100, maximum 3,600,000. @defaultValue 60_000 */
  readonly flushIntervalMs?: number;
  /** The last records that a file keeps at least. Minimum 1, maximum 10,000,000. @defaultValue 10_000 */
  readonly maxProfilesPerEndpoint?: number;
  /**
   * Largest size of a file, in bytes: the oldest entries go first. A file may exceed it by a quarter before it is
   * rewritten.
   *
   * Minimum 65,536, maximum 1 TiB. @defaultValue 67_108_864 (64 MiB)
   */
  readonly maxFileBytes?: number;
  /**
   * Age beyond which profiles and timeline entries are dropped, in ms, at the next write after a quarter more. 0 keeps
   * them whatever their age.
   *
   * Minimum 0, maximum 315,360,000,000 (ten years). @defaultValue 0
   */
  readonly maxAgeMs?: number;
  /** Directory of the files. Also `HEAPTIDE_PROFILE_OUTPUT_DIR`. @defaultValue 'endpoint_profiles' */
  readonly outputDir?: string;
  /** Distinct endpoint names; further ones share the name `(other)`. Minimum 1, maximum 10,000. @defaultValue 1000 */
  readonly maxEndpoints?: number;
  /**
   * Signal by which `heaptide/register` switches profiling on and off in a running process; `none` for no signal.
   * Profilers that the code starts listen to no signal. @defaultValue 'SIGUSR2'
   */
  readonly toggleSignal?: string;
  readonly capture?: CaptureOptions;
  readonly sites?: SitesOptions;
  readonly probe?: ProbeOptions;
}

/** `T` with every field present, at every depth. */
export type Resolved<T> = {
  readonly [K in keyof T]-?: NonNullable<T[K]> extends object
    ? Resolved<NonNullable<T[K]>>
    : NonNullable<T[K]>;
};

/** Options after defaults, environment and validation. */
export type ResolvedOptions = Resolved<ProfilerOptions>;
