import type { LiveDetector } from '../analysis/live-detector.js';
import type { Channel, Trend, Verdict } from '../core/analysis-result.js';
import type { TimelineEntry } from '../core/timeline.js';

/** A confirmed leak that came to light in the running service, or one that turned out to be none. */
export interface VerdictEvent {
  readonly kind: 'raised' | 'withdrawn';
  readonly channel: Channel;
  readonly trend: Trend;
  readonly run: string;
}

/** What the running service's floors say so far. */
export interface CurrentVerdict {
  /** The gravest of the three trends. */
  readonly verdict: Verdict;
  readonly trends: Readonly<Record<Channel, Trend>>;
  readonly run: string;
}

/** The run that is followed, and who hears of it. */
export interface LiveVerdictOptions {
  readonly run: string;
  readonly onChange: (event: VerdictEvent) => void;
  /** The detector cannot be loaded. Called once: the run goes on without a live verdict. */
  readonly onError: (error: unknown) => void;
  readonly load?: () => Promise<
    Pick<typeof import('../analysis/live-detector.js'), 'LiveDetector'>
  >;
}

/** Floors that wait for the detector at most: loading takes milliseconds, and floors come seconds apart. */
const MAX_WAITING = 64;

/**
 * Follows the floors of a run. The detector is loaded at the first floor, so that a service which only imports heaptide
 * does not pay for it.
 */
export class LiveVerdict {
  readonly #options: LiveVerdictOptions;
  #waiting: TimelineEntry[] = [];
  #state: 'idle' | 'loading' | 'failed' = 'idle';
  #detector: LiveDetector | undefined;

  constructor(options: LiveVerdictOptions) {
    this.#options = options;
  }

  /** `undefined` before the first floor. */
  get current(): CurrentVerdict | undefined {
    const detector = this.#detector;
    if (detector === undefined) return undefined;
    return { verdict: detector.verdict, trends: detector.trends, run: this.#options.run };
  }

  /** Takes the next floor of the run. */
  add(floor: TimelineEntry): void {
    if (this.#detector === undefined) {
      this.#await(floor);
      return;
    }
    for (const change of this.#detector.add(floor)) {
      this.#options.onChange({ ...change, run: this.#options.run });
    }
  }

  #await(floor: TimelineEntry): void {
    if (this.#state === 'failed') return;
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push(floor);
    if (this.#state === 'idle') this.#load(floor.limitMb);
  }

  #load(limitMb: number): void {
    this.#state = 'loading';
    const { load = () => import('../analysis/live-detector.js'), onError } = this.#options;
    load()
      .then(({ LiveDetector }) => {
        this.#detector = new LiveDetector(limitMb);
        for (const floor of this.#waiting.splice(0)) this.add(floor);
      })
      .catch((error: unknown) => {
        this.#state = 'failed';
        this.#waiting = [];
        onError(error);
      });
  }
}
