import type { Binding } from '../binding/contract.js';
import type { Endpoint } from '../capture/endpoint.js';
import { EndpointTable } from '../capture/endpoint-table.js';
import type { AllocationMoment } from '../capture/sample-pace.js';
import { TimeBudget } from '../capture/time-budget.js';
import type { ResolvedOptions } from '../core/options.js';
import { PACKAGE } from '../core/package-root.js';
import type { TimelineEntry } from '../core/timeline.js';
import type { ProfileBuffer } from '../storage/profile-buffer.js';
import type { ProfileDirectory } from '../storage/profile-directory.js';
import { RunStorage } from '../storage/run-storage.js';
import { captureDetail } from './detailed-capture.js';
import { HeapView } from './heap-view.js';
import { type CurrentVerdict, LiveVerdict, type VerdictEvent } from './live-verdict.js';
import { NearLimitWatch } from './near-limit-watch.js';
import { atExit } from './process-exit.js';
import type { ProfilerStats } from './profiler-stats.js';
import { RequestRecorder } from './request-recorder.js';
import { newRunId } from './run-id.js';
import { describeProcess } from './run-process.js';
import { SamplerWatch } from './sampler-watch.js';
import type { EngineLease, SharedEngine } from './shared-engine.js';
import { decodeFrames, SiteCache } from './site-cache.js';
import { TimelineRecorder } from './timeline-recorder.js';
import type { Warnings } from './warnings.js';

/** Time between two looks at a busy service, in ms, unless probes may come more often. */
const TICK_MS = 1000;

/** What a run is given by its profiler. */
export interface RunContext {
  readonly binding: Binding;
  readonly engine: SharedEngine;
  readonly directory: ProfileDirectory;
  readonly options: ResolvedOptions;
  readonly warnings: Warnings;
  readonly onVerdict: (event: VerdictEvent) => void;
}

/**
 * One stretch of profiling, from start to stop: its endpoints, its recorder, its timeline and its buffer. Starting a
 * profiler again makes a new run, since requests in between were not counted.
 */
export class Run {
  readonly id = newRunId();
  readonly recorder: RequestRecorder;
  readonly buffer: ProfileBuffer;
  readonly #storage: RunStorage;
  readonly #context: RunContext;
  readonly #heap: HeapView;
  readonly #endpoints: EndpointTable;
  readonly #sites: SiteCache;
  readonly #timeline: TimelineRecorder;
  readonly #sampler: SamplerWatch | undefined;
  readonly #nearLimit: NearLimitWatch | undefined;
  readonly #lease: EngineLease;
  #verdict: LiveVerdict | undefined;
  #ticker: NodeJS.Timeout | undefined;
  #forgetExit: (() => void) | undefined;
  /** Ms since the epoch. */
  readonly #started: number;
  /** Wall-clock ms minus monotonic ms. */
  #clockOffset: number;
  #internalErrors = 0;
  #isOver = false;

  constructor(context: RunContext) {
    this.#context = context;
    const { binding, engine, directory, options } = context;
    const { sites } = options;
    const { stackDepth, sampleIntervalBytes: intervalBytes } = sites;
    const sampler = { stackDepth, selfPath: PACKAGE.ownScripts };
    this.#lease = engine.acquire(sites.enabled ? { ...sampler, intervalBytes } : undefined);
    this.#heap = new HeapView(binding);
    this.#heap.refresh();
    if (sites.enabled) {
      this.#sampler = new SamplerWatch({
        reader: binding,
        options: sampler,
        sites,
        warnings: context.warnings,
      });
    }
    this.#clockOffset = binding.clockOffset();
    this.#started = Math.round(this.#heap.time + this.#clockOffset);
    this.#endpoints = new EndpointTable(options.maxEndpoints, {
      perSecond: options.maxRecordsPerSecond,
      // More than its file holds would be lost there.
      burst: options.maxProfilesPerEndpoint,
    });
    const budget = new TimeBudget(sites.maxCpuShare);
    this.#sites = new SiteCache(binding, { options: sites, budget, heap: this.#heap });
    this.#storage = new RunStorage({
      directory,
      owner: { run: this.id, pid: process.pid, thread: binding.thread, started: this.#started },
      nameOf: (id) => this.#endpoints.nameOf(id),
      bufferSize: options.bufferSize,
      flushIntervalMs: options.flushIntervalMs,
    });
    this.buffer = this.#storage.buffer;
    const clockOffset = () => this.#clockOffset;
    this.recorder = new RequestRecorder(
      {
        heap: this.#heap,
        budget,
        rules: options.capture,
        buffer: this.buffer,
        clockOffset,
        endpointOf: (name, handler) => this.#endpointOf(name, handler),
        onMajorGc: () => this.#timeline.noticeMajorGc(),
        captureDetail: (endpoint, reason) =>
          captureDetail(
            { reader: binding, heap: this.#heap, sites: this.#sites },
            endpoint,
            reason,
          ),
        onInternalError: (error) => this.#noteInternalError(error),
      },
      options.samplingRate,
    );
    this.#timeline = new TimelineRecorder(
      {
        run: this.id,
        binding,
        heap: this.#heap,
        sites: this.#sites,
        endpoints: this.#endpoints,
        options,
        journaled: this.#storage.stats.journaled,
        clockOffset,
        requests: () => this.recorder,
        onFloor: (floor) => this.#judge(floor),
      },
      this.buffer,
    );
    this.#nearLimit = options.capture.nearHeapLimit ? this.#watchNearLimit() : undefined;
  }

  get outputDir(): string {
    return this.#context.directory.path;
  }

  /** What the floors say so far; `undefined` before the first. */
  get verdict(): CurrentVerdict | undefined {
    return this.#verdict?.current;
  }

  /** Starts the timers and writes the run's first entry. */
  start(): void {
    this.#sampler?.start();
    this.#timeline.start();
    this.#storage.start();
    this.#nearLimit?.start();
    const tickMs = Math.min(TICK_MS, this.#context.options.probe.minIntervalMs);
    this.#ticker = setInterval(() => this.#tick(), tickMs).unref();
    this.#forgetExit = atExit(() => this.#finishSync());
  }

  /** Ends the run. What is waiting is written; resolves when it is. Idempotent. */
  async stop(): Promise<void> {
    this.#end();
    await this.#storage.close();
    this.#forgetExit?.();
  }

  /** What the run has done so far. */
  stats(): Omit<ProfilerStats, 'enabled' | 'samplingRate'> {
    const { recorder } = this;
    return {
      backend: this.#context.binding.backend,
      run: this.id,
      endpointCount: this.#endpoints.size,
      requestsFinished: recorder.finished,
      requestsProfiled: recorder.recorded,
      requestsSkipped: recorder.finished - recorder.recorded,
      requestsThinned: recorder.thinned,
      inFlight: recorder.inFlight,
      detailed: { ...recorder.detailed },
      detailedWithheld: recorder.withheld,
      sites: {
        samplerOwner: this.#context.binding.samplerOwner(),
        readCount: this.#sites.readCount,
        readMs: this.#sites.readMs,
        selfBytes: this.#sites.selfBytes,
        sampleIntervalBytes: this.#sites.sampleIntervalBytes,
      },
      probes: { ...this.#timeline.probes },
      bufferSize: this.buffer.size,
      storage: this.#storage.stats,
      internalErrors: this.#internalErrors,
    };
  }

  #tick(): void {
    try {
      this.#heap.refresh();
      this.#clockOffset = this.#context.binding.clockOffset();
      this.#timeline.tick();
      this.#sampler?.tick(this.#allocation());
      this.#nearLimit?.tick();
    } catch (error) {
      this.#noteInternalError(error);
    }
  }

  #judge(floor: TimelineEntry): void {
    this.#verdict ??= new LiveVerdict({
      run: this.id,
      onChange: this.#context.onVerdict,
      onError: (error) => this.#noteInternalError(error),
    });
    this.#verdict.add(floor);
  }

  #allocation(): AllocationMoment {
    const { time: now, used, freed, floor: live } = this.#heap;
    const { limit } = this.#context.binding.heapStatistics();
    return { now, live, allocated: used + freed, isCrowded: used > limit / 2 };
  }

  #watchNearLimit(): NearLimitWatch {
    const { binding, directory, options } = this.#context;
    const process = describeProcess(binding, options);
    return new NearLimitWatch({
      binding,
      heap: this.#heap,
      directory: directory.path,
      captured: { run: this.id, started: this.#started, process },
    });
  }

  #endpointOf(name: string, handler?: (...args: never[]) => unknown): Endpoint {
    const endpoint = this.#endpoints.get(name);
    // Where a wrapper is made for each request, there is a function a request.
    if (handler === undefined || endpoint.isLocated) return endpoint;
    endpoint.isLocated = true;
    const [frame] = decodeFrames(this.#context.binding.functionLocation(handler));
    this.buffer.registerEndpoint(endpoint.name, frame);
    return endpoint;
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearInterval(this.#ticker);
    this.#nearLimit?.stop();
    this.recorder.close();
    this.#timeline.stop();
    this.#lease.release();
  }

  /** The process exits: nothing asynchronous runs any more. */
  #finishSync(): void {
    this.#end();
    this.#storage.closeSync();
  }

  #noteInternalError(error: unknown): void {
    this.#internalErrors++;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#context.warnings.once('ERR_HEAPTIDE_INTERNAL', `A record was lost: ${detail}`);
  }
}
