import type { Channel, Trend, Verdict } from '../core/analysis-result.js';
import type { TimelineEntry } from '../core/timeline.js';
import { mbToBytes } from '../core/units.js';
import { runVerdict } from './gravity.js';
import { toFloorPoint } from './run/floor-points.js';
import { type VerdictChange, VerdictTracker } from './trend/verdict-tracker.js';

/** The detector as a running service feeds it: with the floors of its own timeline, one by one. */
export class LiveDetector {
  readonly #tracker: VerdictTracker;

  /** `limitMb` is V8's heap limit: what makes the time until the heap is exhausted known. */
  constructor(limitMb: number) {
    this.#tracker = new VerdictTracker({ limitBytes: mbToBytes(limitMb) });
  }

  /** Takes the run's next floor, and returns what it changes. */
  add(floor: TimelineEntry): readonly VerdictChange[] {
    return this.#tracker.add(toFloorPoint(floor));
  }

  get trends(): Readonly<Record<Channel, Trend>> {
    return this.#tracker.trends;
  }

  get verdict(): Verdict {
    return runVerdict(this.#tracker.trends);
  }
}
