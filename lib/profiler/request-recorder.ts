import {
  captureReason,
  type FinishedRequest,
  isCapturedError,
  noteCapture,
  noteError,
} from '../capture/capture-rules.js';
import type { Endpoint } from '../capture/endpoint.js';
import type { TimeBudget } from '../capture/time-budget.js';
import { HotClock, monotonicMs } from '../core/clock.js';
import type { ResolvedOptions } from '../core/options.js';
import type { CaptureReason } from '../core/profile.js';
import type { ProfileBuffer } from '../storage/profile-buffer.js';
import type { RecordExtras } from '../storage/profile-encoding.js';
import { emptyReading, type RequestReading } from '../storage/record-layout.js';
import type { CapturedDetail } from './detailed-capture.js';
import type { HeapView } from './heap-view.js';
import { NO_SLOT, OpenRequests, type StartReading } from './open-requests.js';
import { messageOf, statusOfError, statusOfResult } from './status-code.js';

export type { Endpoint };

/** Longest time that requests share a start reading, in ms, while records are thinned out. */
const SHARED_READING_MS = 1;

/** How long an endpoint's next record waits for a request with a start reading of its own, in ms. */
const PATIENCE_MS = 100;

/** What the recorder needs of the run that it records for. */
export interface RecorderHost {
  readonly heap: HeapView;
  readonly rules: ResolvedOptions['capture'];
  readonly budget: TimeBudget;
  readonly buffer: ProfileBuffer;
  /** Wall-clock ms minus monotonic ms. */
  readonly clockOffset: () => number;
  readonly endpointOf: (name: string, handler?: (...args: never[]) => unknown) => Endpoint;
  /** A major GC has ended since the last request finished. */
  readonly onMajorGc: () => void;
  readonly captureDetail: (endpoint: Endpoint, reason: CaptureReason) => CapturedDetail;
  /** An internal failure; the request goes on. */
  readonly onInternalError: (error: unknown) => void;
}

/**
 * The hot path: one `begin` and one `finish` or `fail` per request. The lightweight path of it makes no object, no
 * string and no closure; every reading goes from the shared heap array into the ring's bytes. Never throws.
 */
export class RequestRecorder {
  readonly #host: RecorderHost;
  readonly #open = new OpenRequests();
  #clock: HotClock | undefined;
  readonly #start: StartReading = { time: 0, readAt: 0, used: 0, freed: 0, finished: 0 };
  readonly #reading: RequestReading;
  readonly #request: FinishedRequest = {
    statusCode: 0,
    used: 0,
    time: 0,
    nearHeapLimit: false,
    afterMajorGc: false,
  };
  #samplingRate: number;
  #majorCountSeen: number;
  #nearLimitSeen: number;
  /** Whether the last sampled request got no record, since its endpoint had used up its allowance. */
  #isThinning = false;
  #closed = false;

  /** Requests running now, and finished so far, sampled or not. */
  inFlight = 0;
  finished = 0;
  /** Requests with a record; sampled ones without, because their endpoint had used up its allowance. */
  recorded = 0;
  thinned = 0;
  /** Detailed captures by reason, and those that the budget turned into lightweight records. */
  readonly detailed: Record<CaptureReason, number> = {
    near_heap_limit: 0,
    first: 0,
    error: 0,
    spike: 0,
    periodic: 0,
    post_gc: 0,
  };
  withheld = 0;

  constructor(host: RecorderHost, samplingRate: number) {
    this.#host = host;
    this.#samplingRate = samplingRate;
    this.#majorCountSeen = host.heap.majorCount;
    this.#nearLimitSeen = host.heap.nearLimitCount;
    this.#reading = emptyReading();
  }

  /** The run's endpoint of that name. Called once per wrapped function or route; `handler` is found in stacks. */
  endpointOf(name: string, handler?: (...args: never[]) => unknown): Endpoint {
    return this.#host.endpointOf(name, handler);
  }

  setSamplingRate(rate: number): void {
    this.#samplingRate = rate;
  }

  /** Ends recording: requests still open are not recorded when they finish. */
  close(): void {
    this.#closed = true;
  }

  /** A request starts. Returns what `finish` or `fail` wants back. */
  begin(endpoint: Endpoint): number {
    if (endpoint.shouldSample(this.#samplingRate)) return this.beginUnnamed();
    this.inFlight++;
    return NO_SLOT;
  }

  /** A request starts whose endpoint is known only when it ends. Returns what `finishNamed` wants back. */
  beginUnnamed(): number {
    this.inFlight++;
    if (this.#samplingRate === 0) return NO_SLOT;
    this.#readStart();
    return this.#open.open(this.#start);
  }

  /** Ends a request that began unnamed: now that the endpoint is known, its sampling decides about the record. */
  finishNamed(endpoint: Endpoint, slot: number, statusCode: number, error?: unknown): void {
    if (slot === NO_SLOT) {
      this.#count(endpoint);
    } else if (endpoint.shouldSample(this.#samplingRate)) {
      this.#end(endpoint, slot, statusCode, error);
    } else {
      this.#open.close(slot);
      this.#count(endpoint);
    }
  }

  /** Records a failure of the code that drives the recorder; the request goes on. */
  noteInternalError(error: unknown): void {
    this.#host.onInternalError(error);
  }

  /** A request returned. `response` and `result` are where the status is looked for. */
  finish(endpoint: Endpoint, slot: number, response: unknown, result: unknown): void {
    if (slot === NO_SLOT) this.#count(endpoint);
    else this.#end(endpoint, slot, statusOfResult(response, result), undefined);
  }

  /** A request threw. */
  fail(endpoint: Endpoint, slot: number, response: unknown, error: unknown): void {
    if (slot === NO_SLOT) this.#count(endpoint);
    else this.#end(endpoint, slot, statusOfError(response, error), error);
  }

  #end(endpoint: Endpoint, slot: number, statusCode: number, error: unknown): void {
    this.#open.close(slot);
    if (this.#closed) return;
    this.#isThinning = !this.#mayRecord(endpoint, slot, statusCode);
    if (this.#isThinning) this.thinned++;
    else this.#record(endpoint, slot, statusCode, error);
    this.#count(endpoint);
  }

  /**
   * While records are thinned out, most readings would be for nothing: the clock is read for each request, and the heap
   * once a millisecond. Requests that end in between count as overlapping, since what they allocate does.
   */
  #readStart(): void {
    const { heap } = this.#host;
    const start = this.#start;
    if (this.#isThinning) {
      this.#clock ??= new HotClock();
      start.time = this.#clock.now();
      if (start.time - start.readAt < SHARED_READING_MS) return;
    }
    heap.refresh();
    start.time = heap.time;
    start.readAt = heap.time;
    start.used = heap.used;
    start.freed = heap.freed;
    start.finished = this.finished;
  }

  /**
   * Beyond its allowance an endpoint gets records of what is out of the ordinary only, and the others are spared the
   * reading too: the time is that of the latest start, a fraction of a request ago.
   */
  #mayRecord(endpoint: Endpoint, slot: number, statusCode: number): boolean {
    const { heap, rules } = this.#host;
    const { allowance } = endpoint;
    const now = Math.max(heap.time, this.#start.time);
    const isWorthIt = this.#open.hasOwnReading(slot) || allowance.overdueMs(now) >= PATIENCE_MS;
    if (isWorthIt && allowance.take(now)) return true;
    if (heap.majorCount !== this.#majorCountSeen) return true;
    if (heap.nearLimitCount !== this.#nearLimitSeen) return true;
    this.#request.statusCode = statusCode;
    this.#request.time = now;
    return isCapturedError(rules, endpoint, this.#request);
  }

  #record(endpoint: Endpoint, slot: number, statusCode: number, error: unknown): void {
    try {
      // The reading comes first, so that nothing of what follows is in it.
      this.#host.heap.refresh();
      const afterMajorGc = this.#noticeMajorGc();
      const reading = this.#read(endpoint, slot, statusCode);
      const reason = this.#decide(endpoint, reading, afterMajorGc);
      if (reason === undefined && error === undefined) this.#host.buffer.append(reading);
      else this.#host.buffer.append(reading, this.#extras(endpoint, reason, error));
      this.recorded++;
    } catch (failure) {
      this.#host.onInternalError(failure);
    }
  }

  #count(endpoint: Endpoint): void {
    this.inFlight--;
    this.finished++;
    endpoint.finished++;
  }

  /** Whether a major GC has ended since the last sampled request did. */
  #noticeMajorGc(): boolean {
    const { heap } = this.#host;
    if (heap.majorCount === this.#majorCountSeen) return false;
    this.#majorCountSeen = heap.majorCount;
    this.#host.onMajorGc();
    return true;
  }

  #read(endpoint: Endpoint, slot: number, statusCode: number): RequestReading {
    const { heap } = this.#host;
    const reading = this.#reading;
    const open = this.#open;
    reading.endpoint = endpoint.id;
    reading.statusCode = statusCode;
    // Those that run now, and those that ended since the start reading.
    reading.inFlight = this.inFlight + this.finished - open.finished(slot);
    reading.timestamp = heap.time + this.#host.clockOffset();
    reading.used = heap.used;
    reading.delta = heap.used - open.used(slot);
    reading.allocated = reading.delta + heap.freed - open.freed(slot);
    reading.external = heap.external;
    reading.rss = heap.rss;
    reading.latencyMs = heap.time - open.time(slot);
    reading.minorCount = heap.minorCount;
    reading.majorCount = heap.majorCount;
    reading.floor = heap.floor;
    return reading;
  }

  #decide(
    endpoint: Endpoint,
    reading: RequestReading,
    afterMajorGc: boolean,
  ): CaptureReason | undefined {
    const { rules, budget, heap } = this.#host;
    const request = this.#request;
    request.statusCode = reading.statusCode;
    request.used = reading.used;
    request.time = heap.time;
    request.nearHeapLimit = heap.nearLimitCount !== this.#nearLimitSeen;
    // Also where the rules leave it out: somebody else in the process may watch the limit.
    this.#nearLimitSeen = heap.nearLimitCount;
    request.afterMajorGc = afterMajorGc;
    endpoint.sampled++;
    const reason = captureReason(rules, endpoint, request);
    if (reason === undefined) return undefined;
    // There may be no later request to capture: the heap is about to run out.
    if (reason !== 'near_heap_limit' && !budget.allows(heap.time)) {
      this.withheld++;
      noteError(endpoint, request, reason);
      return undefined;
    }
    noteCapture(endpoint, request, reason);
    this.detailed[reason]++;
    return reason;
  }

  #extras(endpoint: Endpoint, reason: CaptureReason | undefined, error: unknown): RecordExtras {
    const started = monotonicMs();
    const detail = reason === undefined ? undefined : this.#host.captureDetail(endpoint, reason);
    const errorMessage = error === undefined ? undefined : messageOf(error);
    this.#host.budget.spend(monotonicMs() - started, this.#host.heap.time);
    return { detail, errorMessage };
  }
}
