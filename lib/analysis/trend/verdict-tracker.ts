import type { Channel, Trend, Verdict } from '../../core/analysis-result.js';
import type { FloorPoint } from '../floor-point.js';
import { analyzeTrends, LOOK_GROWTH } from './analyze-trends.js';
import { mayBeConfirmed } from './confirmation.js';
import { FloorRing } from './floor-ring.js';
import { hasUsablePosition } from './floor-series.js';
import type { TrendContext } from './trend-context.js';

/** A confirmed leak that came to light, or one that turned out to be none. */
export interface VerdictChange {
  readonly kind: 'raised' | 'withdrawn';
  readonly channel: Channel;
  readonly trend: Trend;
}

const CHANNELS: readonly Channel[] = ['heap', 'external', 'native'];
const GROWTH_ENDED: ReadonlySet<Verdict> = new Set(['plateau', 'stable']);

/**
 * Follows the floors of a running process and says when a leak is confirmed and when it is withdrawn.
 *
 * Looks whenever the number of requests has grown by a quarter: repeated tests would find a trend in noise sooner or
 * later if they came at a steady pace. It does not look while nothing can be confirmed yet: code that runs now and then
 * warms up for minutes, and a young service's floors would show it. A look happens inside {@link VerdictTracker.add}
 * and takes about 2 ms for 130 floors, 5 ms for the 256 that are kept at most (test/bench/look.bench.mjs).
 *
 * A leak is raised once, and withdrawn when a look finds that the growth has ended; only then can it be raised again.
 */
export class VerdictTracker {
  readonly #context: Omit<TrendContext, 'requests'>;
  readonly #ring = new FloorRing();
  /** The channels whose leak was raised and not withdrawn. */
  readonly #raised = new Set<Channel>();
  #lastLook = -1;
  #trends: Readonly<Record<Channel, Trend>> | undefined;

  constructor(context: Omit<TrendContext, 'requests'> = {}) {
    this.#context = context;
  }

  /** The trends of all floors so far. Computed once per floor, when somebody asks. */
  get trends(): Readonly<Record<Channel, Trend>> {
    this.#trends ??= analyzeTrends(this.#ring.points, this.#context);
    return this.#trends;
  }

  /** Takes the next floor of the run, and looks if it is time. A floor that is not usable is ignored. */
  add(point: FloorPoint): readonly VerdictChange[] {
    if (!hasUsablePosition(point)) return [];
    this.#ring.add(point);
    this.#trends = undefined;
    if (point.request < this.#lastLook * LOOK_GROWTH) return [];
    if (this.#mayChange(point)) return this.look();
    this.#lastLook = point.request;
    return [];
  }

  /** Looks now, at the end of a run for instance, unless no request has finished since the last look. */
  look(): readonly VerdictChange[] {
    const request = this.#ring.points.at(-1)?.request ?? this.#lastLook;
    if (request === this.#lastLook) return [];
    this.#lastLook = request;
    const { trends } = this;
    return CHANNELS.flatMap((channel) => this.#change(channel, trends[channel]) ?? []);
  }

  /** Whether a leak can be confirmed by now, or withdrawn. */
  #mayChange(point: FloorPoint): boolean {
    const [first = point] = this.#ring.points;
    return (
      this.#raised.size > 0 ||
      CHANNELS.some((channel) => mayBeConfirmed({ channel, first, last: point }, this.#context))
    );
  }

  #change(channel: Channel, trend: Trend): VerdictChange | undefined {
    const raised = this.#raised.has(channel);
    if (!raised && trend.verdict === 'leak') {
      this.#raised.add(channel);
      return { kind: 'raised', channel, trend };
    }
    if (raised && GROWTH_ENDED.has(trend.verdict)) {
      this.#raised.delete(channel);
      return { kind: 'withdrawn', channel, trend };
    }
    return undefined;
  }
}
