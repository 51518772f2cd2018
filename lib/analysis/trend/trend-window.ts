import type { ChannelSettings } from './channel-settings.js';
import { type FloorSeries, indexAtShare, seriesFrom } from './floor-series.js';
import { atMedianLoad, estimateLoad, type LoadEstimate } from './load.js';
import { withoutBytecodeFlush, withoutSpikes } from './repair.js';
import { fitSegment, type Segment } from './segment.js';

/** A series made ready for the tests: corrected, without its warm-up, with its trends. */
export interface TrendWindow {
  readonly load: LoadEstimate | undefined;
  readonly full: Segment;
  /** The later half of the window's requests, at least four floors. */
  readonly tail: Segment;
  /** Scatter of the floors, in bytes. */
  readonly noise: number;
}

// With fewer floors the smallest p-value that a rank test can give says nothing.
const MIN_FLOORS = 7;
const MIN_FLOORS_AFTER_WARM_UP = 6;
const MIN_TAIL_FLOORS = 4;

/** Prepares a series. `undefined` when it has too few floors. */
export function openWindow(
  series: FloorSeries,
  settings: ChannelSettings,
): TrendWindow | undefined {
  if (series.bytes.length < MIN_FLOORS) return undefined;
  const load = estimateLoad(series);
  const leveled = withoutSpikes(atMedianLoad(series, load), settings.spikeBytes);
  const bytes = settings.holdsBytecode ? withoutBytecodeFlush(leveled) : leveled;
  const repaired = { ...series, bytes };
  const settled = seriesFrom(repaired, indexAtShare(series.requests, settings.warmUpShare));
  if (settled.bytes.length < MIN_FLOORS_AFTER_WARM_UP) return undefined;

  const half = indexAtShare(settled.requests, 0.5);
  const tailStart = Math.min(half, settled.bytes.length - MIN_TAIL_FLOORS);
  const full = fitSegment(settled, load);
  const tail = fitSegment(seriesFrom(settled, tailStart), load);
  return { load, full, tail, noise: noiseOf(full, tail, settings) };
}

/** The tail's scatter, unless it is quiet by chance: a bend in the full window would count as noise. */
function noiseOf(full: Segment, tail: Segment, settings: ChannelSettings): number {
  const scatter = Math.min(full.scatter, Math.max(tail.scatter, full.scatter / 3));
  return Math.max(settings.noiseFloorBytes, scatter);
}
