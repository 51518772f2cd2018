import type { ResolvedOptions } from '../core/options.js';

/** Floors that a run's window holds when its length is known: enough for the detector, which asks for 24 and more. */
const FLOORS_PER_WINDOW = 48;

/** Longest time between two floors, in ms: a leak that begins late is still seen within minutes. */
const MAX_INTERVAL_MS = 60_000;

/** Requests between two floors at least: fewer carry no news for a trend over requests. */
const MIN_REQUESTS = 10;

/** A due probe waits for a quiet moment at most this share of its interval. */
const PATIENCE = 0.5;

/**
 * CPU time of a concurrent major GC per MB of live heap, in ms, main thread and helpers together. Measured at 20 to
 * 400 MB (docs/overhead.md); only the pauses on the main thread can be measured inside a running service.
 */
const CPU_MS_PER_LIVE_MB = 1;

/** Moment of a service, as the pace sees it. */
export interface ProbeMoment {
  /** Monotonic clock, in ms. */
  readonly now: number;
  /** Requests finished since the run started. */
  readonly requests: number;
  readonly inFlight: number;
}

/**
 * Decides when to ask V8 for a major GC. Probes are dense when a run is young and thin out with its age, so that any
 * window holds a few dozen floors; natural major GCs count as floors and push the next probe back; a probe that cost
 * much is followed by a longer wait. Pure: time comes in.
 */
export class ProbePace {
  readonly #options: ResolvedOptions['probe'];
  readonly #startedAt: number;
  #lastFloorAt: number;
  #requestsAtFloor = 0;
  #pauseUntil = 0;
  #usualInFlight: number | undefined;
  #usualCpuMs: number | undefined;

  constructor(options: ResolvedOptions['probe'], startedAt: number) {
    this.#options = options;
    this.#startedAt = startedAt;
    this.#lastFloorAt = startedAt;
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

  /** Records a floor, natural or probed. `cost` is given for a probed one, whose interval began when it was asked for. */
  noteFloor(
    moment: { readonly now: number; readonly requests: number },
    cost?: { readonly pauseMs: number; readonly liveMb: number },
  ): void {
    this.#requestsAtFloor = moment.requests;
    if (cost === undefined) {
      this.#lastFloorAt = moment.now;
      return;
    }
    const cpuMs = Math.max(cost.pauseMs, cost.liveMb * CPU_MS_PER_LIVE_MB);
    const before = this.#usualCpuMs ?? cpuMs;
    // On a busy machine single pauses are many times longer than most. The mean keeps the share all the same.
    this.#usualCpuMs = before + (cpuMs - before) / 4;
    this.#pauseUntil = moment.now + this.#usualCpuMs / this.#options.maxCpuShare;
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
