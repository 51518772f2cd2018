/** Wait after the first failure, in ms: a full disk is not a matter of milliseconds. */
const FIRST_DELAY_MS = 1000;
/** Longest wait, in ms: records must not wait much longer than the disk is gone. */
const LONGEST_DELAY_MS = 60_000;

/** Spaces out attempts to write while they fail: each failure in a row doubles the wait. Never keeps the process alive. */
export class RetryTimer {
  readonly #retry: () => void;
  #delayMs = FIRST_DELAY_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(retry: () => void) {
    this.#retry = retry;
  }

  /** Plans an attempt, unless one is planned. */
  failed(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#retry();
    }, this.#delayMs).unref();
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_DELAY_MS);
  }

  /** Nothing is left to try. */
  succeeded(): void {
    this.stop();
    this.#delayMs = FIRST_DELAY_MS;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
