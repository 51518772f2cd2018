/**
 * Monotonic time in ms, on the clock of `process.hrtime()`, which is the addon's too. Node.js loads the modules behind
 * `performance` at its first use, which a service may never make: 2 ms and 0.7 MB.
 */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds * 1e-6;
}

/** The clock of {@link monotonicMs} for the hot path, where it makes no object. Made when it is read first. */
export class HotClock {
  readonly #origin: number;

  constructor() {
    // The first of these loads the modules. A thread that has to wait between two clocks puts the origin too early.
    this.#origin = Math.max(originOfPerformance(), originOfPerformance(), originOfPerformance());
  }

  /** Monotonic time in ms. */
  now(): number {
    return this.#origin + performance.now();
  }
}

function originOfPerformance(): number {
  return monotonicMs() - performance.now();
}
