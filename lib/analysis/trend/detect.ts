import { median } from 'simple-statistics';
import { bestHinge } from '../statistics/hinge.js';
import { theilSenSlope } from '../statistics/theil-sen.js';
import {
  type ChannelSettings,
  settingsAfterBend,
  settingsForLateOnset,
} from './channel-settings.js';
import { type FloorSeries, indexAtShare, seriesFrom } from './floor-series.js';
import { atMedianLoad, estimateLoad } from './load.js';
import { type Look, lookAt } from './look.js';
import { withoutSpikes } from './repair.js';
import { spanOf } from './segment.js';

// A part that is tested alone needs two floors more than a whole series.
const MIN_FLOORS_IN_PART = 9;
const MIN_FLOORS_TO_SCAN = 2 * MIN_FLOORS_IN_PART;
const MIN_FLOORS_BEFORE_ONSET = 4;
// Shares of the range of requests that are searched for late growth, from the end.
const LATE_SHARES = [1 / 2, 1 / 4, 1 / 8];
const LAST_FLOORS = 3;

/**
 * Decides on a series: the whole of it, then, where that finds no leak, what follows a bend, and the last parts alone.
 *
 * `undefined` when there are too few floors.
 */
export function detect(series: FloorSeries, settings: ChannelSettings): Look | undefined {
  const whole = lookAt(series, settings);
  if (whole?.decision === 'leak') return whole;
  const slowed = whole?.decision === 'plateau' || whole?.decision === 'step';
  if (!slowed && series.bytes.length < MIN_FLOORS_TO_SCAN) return whole;
  const bytes = leveled(series, settings, whole);
  const afterBend = slowed ? lookAfterBend(series, bytes, settings) : undefined;
  if (afterBend?.decision === 'leak') return afterBend;
  if (whole?.decision === 'load_confounded') return whole;
  return lookForLateOnset(series, bytes, settings) ?? whole;
}

/** Growth that slowed down may be a cache that filled beside a leak that goes on: looks at what follows the bend. */
function lookAfterBend(
  series: FloorSeries,
  bytes: readonly number[],
  settings: ChannelSettings,
): Look | undefined {
  const bend = bestHinge(series.requests, bytes);
  if (bend === undefined) return undefined;
  const start = series.requests.findIndex((request) => request >= bend);
  return lookAtPart(series, start, settingsAfterBend(settings));
}

/** A leak that began late: the last parts of the window, where the floor stands above all that came before. */
function lookForLateOnset(
  series: FloorSeries,
  bytes: readonly number[],
  settings: ChannelSettings,
): Look | undefined {
  if (series.bytes.length < MIN_FLOORS_TO_SCAN) return undefined;
  const warm = indexAtShare(series.requests, settings.warmUpShare);
  for (const share of LATE_SHARES) {
    const start = indexAtShare(series.requests, 1 - share);
    const before = {
      requests: series.requests.slice(warm, start),
      bytes: bytes.slice(warm, start),
    };
    if (before.bytes.length < MIN_FLOORS_BEFORE_ONSET) continue;
    const isNew =
      median(bytes.slice(-LAST_FLOORS)) >= Math.max(...before.bytes) + settings.fullGrowthBytes;
    if (!isNew || riseOf(before) > settings.fullGrowthBytes) continue;
    const late = lookAtPart(series, start, settingsForLateOnset(settings));
    if (late?.decision === 'leak') return late;
  }
  return undefined;
}

function lookAtPart(
  series: FloorSeries,
  start: number,
  settings: ChannelSettings,
): Look | undefined {
  const part = seriesFrom(series, start);
  const look = part.bytes.length < MIN_FLOORS_IN_PART ? undefined : lookAt(part, settings);
  return look && { ...look, onsetRequest: part.requests[0] ?? 0 };
}

/** The floors as the look at the whole series corrected them, with its warm-up. */
function leveled(
  series: FloorSeries,
  settings: ChannelSettings,
  whole: Look | undefined,
): readonly number[] {
  const load = whole === undefined ? estimateLoad(series) : whole.window.load;
  return withoutSpikes(atMedianLoad(series, load), settings.spikeBytes);
}

function riseOf({ requests, bytes }: Pick<FloorSeries, 'requests' | 'bytes'>): number {
  return theilSenSlope(requests, bytes) * spanOf(requests);
}
