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

/** Who hears of changes, and of a detector that cannot be loaded. */
export interface VerdictListener {
  readonly onChange: (event: VerdictEvent) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Follows the floors of a run. The detector is loaded at the first floor, so that a service which only imports heaptide
 * does not pay for it.
 */
export class LiveVerdict {
  readonly #run: string;
  readonly #listener: VerdictListener;
  readonly #waiting: TimelineEntry[] = [];
  #isLoading = false;
  #detector: LiveDetector | undefined;

  constructor(run: string, listener: VerdictListener) {
    this.#run = run;
    this.#listener = listener;
  }

  /** `undefined` before the first floor. */
  get current(): CurrentVerdict | undefined {
    const detector = this.#detector;
    if (detector === undefined) return undefined;
    return { verdict: detector.verdict, trends: detector.trends, run: this.#run };
  }

  /** Takes the next floor of the run. */
  add(floor: TimelineEntry): void {
    if (this.#detector === undefined) {
      this.#waiting.push(floor);
      if (!this.#isLoading) this.#load(floor.limitMb);
      return;
    }
    for (const change of this.#detector.add(floor)) {
      this.#listener.onChange({ ...change, run: this.#run });
    }
  }

  #load(limitMb: number): void {
    this.#isLoading = true;
    import('../analysis/live-detector.js')
      .then(({ LiveDetector }) => {
        this.#detector = new LiveDetector(limitMb);
        for (const floor of this.#waiting.splice(0)) this.add(floor);
      })
      .catch(this.#listener.onError);
  }
}
