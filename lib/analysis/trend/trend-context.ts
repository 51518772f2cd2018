/** What is known of a run beside its floors. */
export interface TrendContext {
  /** V8's heap limit, in bytes: makes the time until the heap is exhausted known. */
  readonly limitBytes?: number;
  /** Requests finished by the run, which may be more than at its last floor. @defaultValue those of the last floor */
  readonly requests?: number;
  /**
   * Requests after which growth is confirmed. A test that replays a fixed pool of requests may confirm after three
   * rounds of it: bounded caches are full by then.
   *
   * @defaultValue 5000
   */
  readonly confirmAfterRequests?: number;
}
