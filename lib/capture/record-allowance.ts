/** How many records an endpoint may write. */
export interface RecordRate {
  /** Records per second in the long run. */
  readonly perSecond: number;
  /** Records that may come at once after a quiet time. */
  readonly burst: number;
}

/**
 * Bounds what the records of one endpoint cost: a quiet endpoint keeps every record, a busy one records that are spread
 * evenly over time. A leaky bucket, kept as the time from which the next record would be on schedule.
 */
export class RecordAllowance {
  readonly #gapMs: number;
  readonly #slackMs: number;
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor({ perSecond, burst }: RecordRate) {
    this.#gapMs = 1000 / perSecond;
    this.#slackMs = (burst - 1) * this.#gapMs;
  }

  /** For how long a record has been possible at monotonic time `now`, in ms. Negative while there may be none. */
  overdueMs(now: number): number {
    return now - this.#dueAt;
  }

  /** Whether there may be a record at monotonic time `now`, in ms; counts it when there may. */
  take(now: number): boolean {
    const dueAt = Math.max(this.#dueAt, now - this.#slackMs);
    if (dueAt > now) return false;
    this.#dueAt = dueAt + this.#gapMs;
    return true;
  }
}
