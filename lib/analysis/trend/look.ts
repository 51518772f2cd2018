import type { Verdict } from '../../core/analysis-result.js';
import type { ChannelSettings } from './channel-settings.js';
import type { FloorSeries } from './floor-series.js';
import { isOneJump } from './jump.js';
import { mayComeFromLoad } from './load.js';
import { isPersistent, type Pace, paceOf } from './pace.js';
import type { Segment } from './segment.js';
import { openWindow, type TrendWindow } from './trend-window.js';

/** What a look at a series can say. Whether a leak is confirmed takes a second look. */
export type Decision = Exclude<Verdict, 'growing' | 'insufficient'>;

/** The result of testing a series of floors once. */
export interface Look {
  readonly decision: Decision;
  readonly window: TrendWindow;
  readonly pace: Pace;
  /** The segment whose slope is the rate: the tail when the pace has changed, else the full window. */
  readonly rate: Segment;
  /** Request at which the tested part begins, when it is not the whole series. */
  readonly onsetRequest?: number;
}

// Slopes below this, in bytes per request, are drift however long the window is.
const MIN_SLOPE = 4;
// A tail with fewer floors has no rank test worth the name; its sign must do.
const MIN_TAIL_FLOORS_FOR_TEST = 6;
const SUSPICION_ALPHA = 0.01;
// Tail slopes within this share of the full slope are the same pace, which the full window estimates better.
const SAME_PACE_SHARE = 0.3;
// In growth that began late the last third carries most of it.
const LATE_LAST_THIRD_SHARE = 0.5;

/** Tests a series once, as it is. `undefined` when it has too few floors. */
export function lookAt(series: FloorSeries, settings: ChannelSettings): Look | undefined {
  const window = openWindow(series, settings);
  if (window === undefined) return undefined;
  const { full, tail } = window;
  const pace = paceOf(window);
  const samePace = Math.abs(tail.slope - full.slope) < SAME_PACE_SHARE * Math.abs(full.slope);
  return {
    decision: decide(window, pace, settings),
    window,
    pace,
    rate: samePace ? full : tail,
  };
}

/** Bytes by which the floor rose, over the window or its tail, whichever saw more. */
export function grownBytes({ window }: Look): number {
  return Math.max(window.full.rise, window.tail.rise);
}

function decide(window: TrendWindow, pace: Pace, settings: ChannelSettings): Decision {
  const { full, tail, load } = window;
  const grew = isSignificant(window, settings) && isMaterial(window, settings);
  const persistent = isPersistent(window, pace, settings);
  const oneJump = isOneJump(window, settings);
  const grows = (grew || grewLate(window, pace, settings)) && tail.slope > MIN_SLOPE;
  if (grows && persistent && !oneJump) {
    const unexplainedLoad = load === undefined && mayComeFromLoad(full.series, full.rise);
    return unexplainedLoad ? 'load_confounded' : 'leak';
  }
  if (grew && !persistent) return 'plateau';
  if (grew && oneJump) return 'step';
  const suspicious = full.riseP < SUSPICION_ALPHA && full.rise > settings.fullGrowthBytes;
  if (!suspicious) return 'stable';
  // Of recorded programs in this state, those whose growth slowed down were healthy in 50 of 57 looks.
  if (persistent) return 'suspected';
  return oneJump ? 'step' : 'plateau';
}

function isSignificant({ full, tail }: TrendWindow, settings: ChannelSettings): boolean {
  const tailAgrees =
    tail.series.bytes.length < MIN_TAIL_FLOORS_FOR_TEST
      ? tail.slope > 0
      : tail.riseP < settings.tailAlpha;
  return full.riseP < settings.fullAlpha && tailAgrees;
}

/** A trend can be significant and not worth a word: the growth itself must count. */
function isMaterial({ full, tail, noise }: TrendWindow, settings: ChannelSettings): boolean {
  return (
    full.netRise > Math.max(settings.fullGrowthBytes, settings.noiseMultiple * noise) &&
    tail.netRise > Math.max(settings.tailGrowthBytes, noise)
  );
}

/** Growth of the tail that would do for the full window. */
function grewLate({ tail, noise }: TrendWindow, pace: Pace, settings: ChannelSettings): boolean {
  return (
    tail.riseP < settings.fullAlpha &&
    tail.netRise > Math.max(settings.fullGrowthBytes, settings.noiseMultiple * noise) &&
    (pace.last ?? 0) > LATE_LAST_THIRD_SHARE * tail.slope
  );
}
