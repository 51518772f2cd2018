/**
 * Caps the share of time that an activity takes, as a leaky bucket: what is spent drains at the allowed share, and the
 * activity pauses while more than one second's allowance is in the bucket. A single long run therefore costs a pause
 * in proportion to its length.
 */
export class TimeBudget {
  readonly #share: number;
  #level = 0;
  #levelAt = 0;

  /** @param share allowed share of wall time, 0 to 1. */
  constructor(share: number) {
    this.#share = share;
  }

  /** Whether the activity may run at monotonic time `now`, in ms. */
  allows(now: number): boolean {
    this.#drain(now);
    return this.#share > 0 && this.#level <= this.#share * 1000;
  }

  /** Records that the activity took `ms` until `now`. */
  spend(ms: number, now: number): void {
    this.#drain(now);
    this.#level += ms;
  }

  #drain(now: number): void {
    const elapsed = Math.max(0, now - this.#levelAt);
    this.#level = Math.max(0, this.#level - elapsed * this.#share);
    this.#levelAt = now;
  }
}
