import { RecordAllowance, type RecordRate } from './record-allowance.js';

/**
 * What a run remembers of one endpoint. Fields are plain numbers that are written in place: a request makes no object.
 */
export class Endpoint {
  readonly id: number;
  readonly name: string;
  readonly allowance: RecordAllowance;

  /** Whether it is known which function serves it: the first that did. */
  isLocated = false;

  /** Requests finished, sampled or not. */
  finished = 0;
  /** `finished` at the last timeline entry. */
  reported = 0;
  /** Requests that got a record. */
  sampled = 0;

  /** Highest used heap at a detailed capture, in bytes; 0 before the first. */
  capturedUsed = 0;
  /** Monotonic ms of the last `error` capture, also of one that was withheld. */
  errorCapturedAt = Number.NEGATIVE_INFINITY;
  /** GC counters at the last detailed capture. */
  capturedMinor = 0;
  capturedMajor = 0;
  capturedPause = 0;
  capturedFreed = 0;

  // What the endpoint is owed of its next record: at 1 and above, the next request is sampled.
  #credit = 1;

  constructor(id: number, name: string, rate: RecordRate) {
    this.id = id;
    this.name = name;
    this.allowance = new RecordAllowance(rate);
  }

  /**
   * Decides whether the next request gets a record: after n requests at a constant rate, n times the rate of them
   * have been sampled, to within one. The first is always sampled, unless the rate is 0.
   */
  shouldSample(rate: number): boolean {
    if (rate >= 1) return true;
    if (rate <= 0) return false;
    // Adding the rate n times accumulates rounding errors below n * 2^-53: one request in 10^15.
    const credit = this.#credit;
    if (credit >= 1) {
      this.#credit = credit - 1 + rate;
      return true;
    }
    this.#credit = credit + rate;
    return false;
  }
}
