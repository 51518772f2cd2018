import type { AllocationSite } from '../../core/profile.js';

/**
 * Captures kept, at most. A robust slope looks at each pair of them, so time grows with the square; 128 points spread
 * over the run estimate a slope as well as thousands do.
 */
const MAX_CAPTURES = 128;

/** The allocation sites of one detailed capture. */
export interface SiteCapture {
  /** Index of the request among the profiles of its run. */
  readonly request: number;
  readonly sites: readonly AllocationSite[];
}

/** Detailed captures of one run in bounded memory: an evenly thinned history, and the latest one always. */
export class CaptureHistory {
  #kept: SiteCapture[] = [];
  #latest: SiteCapture | undefined;
  #seen = 0;
  #stride = 1;

  add(capture: SiteCapture): void {
    this.#latest = capture;
    if (this.#seen++ % this.#stride !== 0) return;
    this.#kept.push(capture);
    if (this.#kept.length < MAX_CAPTURES) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  get latest(): SiteCapture | undefined {
    return this.#latest;
  }

  /** In the order of requests, the latest included. */
  captures(): readonly SiteCapture[] {
    const latest = this.#latest;
    if (latest === undefined || this.#kept.at(-1) === latest) return this.#kept;
    return [...this.#kept, latest];
  }
}
