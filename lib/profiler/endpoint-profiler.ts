import { EventEmitter } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { loadBinding } from '../binding/load.js';
import { type HeapTideError, isHeapTideError, reasonOf } from '../core/errors.js';
import type { FileMemory } from '../core/file-memory.js';
import type { ProfilerOptions, ResolvedOptions } from '../core/options.js';
import { outsideRequests } from '../core/outside-requests.js';
import { resolveOptions } from '../core/resolve-options.js';
import { validateNumber, validateObject } from '../core/validation.js';
import { ProfileDirectory } from '../storage/profile-directory.js';
import { BufferControl } from './buffer-control.js';
import type { CurrentVerdict, VerdictEvent } from './live-verdict.js';
import { manifestOptions } from './manifest-options.js';
import { idleStats, type ProfilerStats } from './profiler-stats.js';
import type { RequestRecorder } from './request-recorder.js';
import { Run } from './run.js';
import { SharedEngine } from './shared-engine.js';
import { Warnings } from './warnings.js';

/** Events of a profiler, with the arguments of their listeners. */
export interface ProfilerEvents {
  /** A leak of the running service was confirmed, or withdrawn because its growth ended. Once per trend. */
  readonly verdict: [event: VerdictEvent];
}

/**
 * Profiles the endpoints of this process or worker thread.
 *
 * Use the shared instance (`getInstance`), which `profileEndpoint` finds by itself, or make instances of your own with
 * an output directory each. Nothing runs, and nothing is written, until profiling is enabled by option, by
 * `HEAPTIDE_ENABLE_PROFILING` or by `start()`.
 */
export class EndpointProfiler extends EventEmitter<ProfilerEvents> {
  /** @internal Tells of every profiler of this thread that has been switched on or off. */
  static readonly switches = new EventEmitter<{ switched: [profiler: EndpointProfiler] }>();
  static #instance: EndpointProfiler | undefined;

  #given: ProfilerOptions;
  #options: ResolvedOptions;
  #run: Run | undefined;
  #isRunning = false;
  /** Attempts to start a run that failed. */
  #startErrors = 0;
  readonly #warnings = new Warnings();
  readonly #directories = new Map<string, ProfileDirectory>();

  /** Control over the records that wait in memory. */
  readonly buffer = new BufferControl(() => this.#run?.buffer);

  /**
   * The shared instance, made on first use. Options given later are not applied: a warning names those that differ, and
   * {@link configure} changes them.
   *
   * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` when an option is wrong.
   */
  static getInstance(options?: ProfilerOptions): EndpointProfiler {
    const existing = EndpointProfiler.#instance;
    if (existing === undefined) {
      EndpointProfiler.#instance = new EndpointProfiler(options);
      return EndpointProfiler.#instance;
    }
    if (options !== undefined) existing.#warnOfOtherOptions(options);
    return existing;
  }

  /** Stops and forgets the shared instance. The next `getInstance` makes a new one. */
  static async resetInstance(): Promise<void> {
    const existing = EndpointProfiler.#instance;
    EndpointProfiler.#instance = undefined;
    await existing?.stop();
  }

  constructor(options: ProfilerOptions = {}) {
    super();
    this.#given = options;
    this.#options = this.#resolve(options);
    if (this.#options.enabled) this.start();
  }

  /** Whether requests are being profiled. */
  get enabled(): boolean {
    return this.#isRunning;
  }

  /**
   * Starts a run: GC observer, sampler, timers. Idempotent. Where no build of heaptide fits this Node.js, the JavaScript
   * fallback is used, and a warning says so once. Never throws, since it may be called in a request or by a signal: where
   * no run can start, profiling stays off, and a warning says why.
   */
  start(): void {
    if (this.#isRunning) return;
    try {
      // The first request may be what makes the profiler.
      outsideRequests(() => this.#begin());
    } catch (error) {
      this.#startErrors++;
      this.disable();
      const code = isHeapTideError(error) ? error.code : 'ERR_HEAPTIDE_INTERNAL';
      this.#warnings.once(code, `Profiling stays off: ${reasonOf(error)}`);
    }
  }

  /**
   * Ends the run and writes what is waiting; resolves when it is written. Requests still open are not recorded.
   * Idempotent; `start` begins a new run.
   */
  async stop(): Promise<void> {
    this.#isRunning = false;
    EndpointProfiler.switches.emit('switched', this);
    await this.#run?.stop();
  }

  /** Alias of {@link start}. */
  enable(): void {
    this.start();
  }

  /** {@link stop} for those who do not wait: profiling is off when it returns, the last records are written soon. */
  disable(): void {
    this.stop().catch((error: unknown) => {
      this.#warnings.once('ERR_HEAPTIDE_INTERNAL', `Stopping failed: ${String(error)}`);
    });
  }

  /**
   * Flushes every `flushIntervalMs`, which is on from the start; resolves when what is waiting now is written. Call it at
   * start-up to learn early, by a warning, that the directory cannot be written.
   */
  async startAutoFlush(): Promise<void> {
    this.#run?.buffer.start();
    await this.#run?.buffer.flushAll();
  }

  /** Stops the timed flush and writes what is waiting. Full buffers are still flushed. */
  async stopAutoFlush(): Promise<void> {
    this.#run?.buffer.stop();
    await this.#run?.buffer.flushAll();
  }

  /**
   * Changes the share of requests that get a record, at once.
   *
   * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` unless `rate` is a number from 0 to 1.
   */
  setSamplingRate(rate: number): void {
    const samplingRate = validateNumber('rate', rate, { min: 0, max: 1 });
    this.#given = { ...this.#given, samplingRate };
    this.#options = { ...this.#options, samplingRate };
    this.#run?.recorder.setSamplingRate(samplingRate);
  }

  /**
   * Changes options. What is not named keeps its value. A running profiler ends its run and starts a new one.
   *
   * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` when an option is wrong; nothing is changed then.
   */
  configure(options: ProfilerOptions): void {
    const given = merge(this.#given, options);
    this.#options = this.#resolve(given);
    this.#given = given;
    const isWanted = options.enabled ?? this.#isRunning;
    this.disable();
    if (isWanted) this.start();
  }

  /** What the present run, or the last one, has done. */
  getStats(): ProfilerStats {
    const run = this.#run?.stats() ?? idleStats();
    return {
      ...run,
      enabled: this.#isRunning,
      samplingRate: this.#options.samplingRate,
      internalErrors: run.internalErrors + this.#startErrors,
    };
  }

  /**
   * What the floors of the present run, or of the last one, say so far: `undefined` before the first floor. The files
   * say more: which endpoint, and which function.
   */
  getVerdict(): CurrentVerdict | undefined {
    return this.#run?.verdict;
  }

  /** @internal The directory that profiles are written to: where it is, once something has run. */
  get outputDir(): string {
    return this.#run?.outputDir ?? this.#options.outputDir;
  }

  /** @internal The recorder of the running run. */
  get recorder(): RequestRecorder | undefined {
    return this.#isRunning ? this.#run?.recorder : undefined;
  }

  #begin(): void {
    const { binding, fallbackReason } = loadBinding();
    if (fallbackReason !== undefined) {
      this.#warnings.once(
        'HEAPTIDE_FALLBACK',
        `heaptide runs without its native addon, at a higher cost: ${fallbackReason}`,
      );
    }
    this.#run = new Run({
      binding,
      engine: SharedEngine.of(binding),
      directory: this.#directory(binding.fileMemory),
      options: this.#options,
      warnings: this.#warnings,
      // Listeners run on a turn of their own, and not as a part of a request: a floor is noticed inside one.
      onVerdict: (event) => outsideRequests(() => setImmediate(() => this.emit('verdict', event))),
    });
    this.#run.start();
    this.#isRunning = true;
    EndpointProfiler.switches.emit('switched', this);
  }

  /** One directory object for all runs that write there: a run that ends is still flushing when the next one starts. */
  #directory(fileMemory?: FileMemory): ProfileDirectory {
    const { outputDir, maxProfilesPerEndpoint, maxFileBytes, maxAgeMs } = this.#options;
    const key = `${maxProfilesPerEndpoint} ${maxFileBytes} ${maxAgeMs} ${outputDir}`;
    let directory = this.#directories.get(key);
    if (directory === undefined) {
      const onError = (error: HeapTideError) => this.#warnings.once(error.code, error.message);
      directory = new ProfileDirectory({
        path: outputDir,
        maxProfilesPerEndpoint,
        maxFileBytes,
        maxAgeMs,
        fileMemory,
        onError,
      });
      this.#directories.set(key, directory);
    }
    return directory;
  }

  #resolve(options: ProfilerOptions): ResolvedOptions {
    return resolveOptions(options, {
      env: process.env,
      manifest: manifestOptions(),
      warn: (message) => this.#warnings.distinct('HEAPTIDE_CONFIGURATION', message),
    });
  }

  #warnOfOtherOptions(options: ProfilerOptions): void {
    const wanted = this.#resolve(merge(this.#given, options));
    const ignored = differingOptions(this.#options, wanted);
    if (ignored.length === 0) return;
    this.#warnings.once(
      'HEAPTIDE_OPTIONS_IGNORED',
      `The shared profiler exists already, so these options are ignored: ${ignored.join(', ')}. Use configure() to change them`,
    );
  }
}

const GROUPS = ['capture', 'sites', 'probe'] as const;

/**
 * `changes` over `base`, group by group. What is undefined changes nothing. Throws where a group is no object: nobody would
 * see it in the whole.
 */
function merge(base: ProfilerOptions, changes: ProfilerOptions): ProfilerOptions {
  const whole = put('options', { base, changes });
  const groups = GROUPS.filter((group) => changes[group] !== undefined).map((group) => [
    group,
    put(group, { base: base[group] ?? {}, changes: changes[group] }),
  ]);
  return { ...whole, ...Object.fromEntries(groups) };
}

function put(name: string, options: { readonly base: object; readonly changes: unknown }): object {
  const { base, changes } = options;
  const said = Object.entries(validateObject(name, changes)).filter(
    ([key, value]) => value !== undefined || !Object.hasOwn(base, key),
  );
  return { ...base, ...Object.fromEntries(said) };
}

/** Names of the options in which two profilers differ. */
function differingOptions(present: ResolvedOptions, wanted: ResolvedOptions): string[] {
  const names = Object.keys(present) as (keyof ResolvedOptions)[];
  return names.filter((name) => !isDeepStrictEqual(present[name], wanted[name]));
}
