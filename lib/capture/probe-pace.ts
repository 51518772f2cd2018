import type { ResolvedOptions } from '../core/options.js';
import type { ProbeCost } from './probe-meter.js';

/** Floors that a run's window holds when its length is known: enough for the detector, which asks for 24 and more. */
const FLOORS_PER_WINDOW = 48;

/** Longest time between two floors, in ms: a leak that begins late is still seen within minutes. */
const MAX_INTERVAL_MS = 60_000;

/** Requests between two floors at least: fewer carry no news for a trend over requests. */
const MIN_REQUESTS = 10;

/** A due probe waits for a quiet moment at most this share of its interval. */
const PATIENCE = 0.5;

/**
 * CPU time of a concurrent major GC per MB of live heap, in ms, main thread and helpers together (docs/overhead.md), for
 * where it cannot be measured.
 */
const CPU_MS_PER_LIVE_MB = 2;

/** Probes may take at once what they may take in this time, in ms: a young run needs its floors soon. */
const CREDIT_MS = 60_000;

/** Moment of a service, as the pace sees it. */
export interface ProbeMoment {
  /** Monotonic clock, in ms. */
  readonly now: number;
  /** Requests finished since the run started. */
  readonly requests: number;
  readonly inFlight: number;
}

/** The end of a major GC, as the pace sees it. */
export interface FloorMoment extends Pick<ProbeMoment, 'now' | 'requests'> {
  /** Whether a probe was asked for since the last floor. */
  readonly isProbed: boolean;
}

/**
 * Decides when to ask V8 for a major GC. Probes are dense when a run is young and thin out with its age, so that any
 * window holds a few dozen floors; natural major GCs count as floors and push the next probe back; what probes cost is
 * paid for with waiting. Pure: time comes in.
 */
export class ProbePace {
  readonly #options: ResolvedOptions['probe'];
  readonly #startedAt: number;
  #lastFloorAt: number;
  #requestsAtFloor = 0;
  #probedAt = 0;
  #pauseUntil = 0;
  #usualInFlight: number | undefined;
  /** CPU time of probes that is not paid for with waiting yet, as of the last probe. */
  #owedMs = 0;
  #owedAt: number;

  constructor(options: ResolvedOptions['probe'], startedAt: number) {
    this.#options = options;
    this.#startedAt = startedAt;
    this.#lastFloorAt = startedAt;
    this.#owedAt = startedAt;
  }

  /** Whether a probe is due now. Called about once a second. */
  isDue(moment: ProbeMoment): boolean {
    const usual = this.#updateUsual(moment.inFlight);
    if (!this.#options.enabled || moment.now < this.#pauseUntil) return false;
    if (moment.requests - this.#requestsAtFloor < MIN_REQUESTS) return false;
    const interval = this.intervalAt(moment.now);
    const waited = moment.now - this.#lastFloorAt;
    if (waited < interval) return false;
    // The mean of a steady load stays a fraction away from it.
    const quiet = moment.inFlight <= Math.ceil(usual);
    return quiet || waited >= interval * (1 + PATIENCE);
  }

  /** Records a floor. The interval of a probe's began when it was asked for, and none is due until its cost is known. */
  noteFloor({ now, requests, isProbed }: FloorMoment): void {
    this.#requestsAtFloor = requests;
    if (isProbed) {
      this.#probedAt = now;
      this.#pauseUntil = Number.POSITIVE_INFINITY;
    } else {
      this.#lastFloorAt = now;
    }
  }

  /** Records what the last probe cost. */
  noteCost({ pauseMs, cpuMs, liveMb }: ProbeCost & { readonly liveMb: number }): void {
    const { maxCpuShare } = this.#options;
    const paid = (this.#probedAt - this.#owedAt) * maxCpuShare;
    const cost = cpuMs ?? Math.max(pauseMs, liveMb * CPU_MS_PER_LIVE_MB);
    this.#owedMs = Math.max(0, this.#owedMs - paid) + cost;
    this.#owedAt = this.#probedAt;
    this.#pauseUntil = this.#probedAt + this.#owedMs / maxCpuShare - CREDIT_MS;
  }

  /** Records that a probe was asked for, so that it is not asked for again before its floor arrives. */
  noteRequest(now: number): void {
    this.#lastFloorAt = now;
  }

  /** The mean of the requests in flight over the last few looks. */
  #updateUsual(inFlight: number): number {
    const before = this.#usualInFlight ?? inFlight;
    const usual = before + (inFlight - before) / 8;
    this.#usualInFlight = usual;
    return usual;
  }

  /** Time between two floors at the run's present age, in ms. */
  intervalAt(now: number): number {
    const spread = (now - this.#startedAt) / FLOORS_PER_WINDOW;
    return Math.max(this.#options.minIntervalMs, Math.min(spread, MAX_INTERVAL_MS));
  }
}
