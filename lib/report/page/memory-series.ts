import type { FloorPoint } from '../../analysis/floor-point.js';
import { CHANNELS } from '../../analysis/gravity.js';
import { toFloorPoints } from '../../analysis/run/floor-points.js';
import type { Analysis, Channel } from '../../core/analysis-result.js';
import type { TimelineEntry } from '../../core/timeline.js';
import { bytesToMb } from '../../core/units.js';
import { fitTrend } from './fitted-trend.js';
import type { Column, GcSeries, MemorySeries, TrendSeries } from './page-data.js';

/** Digits after the point of a size in MB: less than a kilobyte is invisible. */
const DIGITS = 3;

/** The memory of the shown entries, with the trends of the run that the analysis describes. */
export function toMemorySeries(
  entries: readonly TimelineEntry[],
  analysis: Analysis,
): MemorySeries {
  const starts = startsOf(entries);
  const offsets = requestOffsets(entries, starts);
  const floors = floorsOf(entries);
  const atFloors = (channel: Channel) =>
    column(entries.map((entry) => mbOf(floors.get(entry), channel)));
  return {
    time: entries.map(({ timestamp }) => timestamp / 1000),
    requests: ascending(entries.map(({ requests }, index) => requests + (offsets[index] ?? 0))),
    used: column(entries.map(({ usedMb }) => usedMb)),
    floor: atFloors('heap'),
    external: column(entries.map(({ externalMb }) => externalMb)),
    rss: column(entries.map(({ rssMb }) => rssMb)),
    native: atFloors('native'),
    trends: CHANNELS.flatMap((channel) => trendSeries(channel, { entries, floors, analysis })),
    majorGcs: entries.flatMap(({ kind, probed = false }, at) =>
      kind === 'floor' ? { at, probed } : [],
    ),
    restarts: starts.slice(1),
  };
}

/** None where the channel does not grow. */
function trendSeries(
  channel: Channel,
  memory: {
    readonly entries: readonly TimelineEntry[];
    readonly floors: ReadonlyMap<TimelineEntry, FloorPoint>;
    readonly analysis: Analysis;
  },
): TrendSeries[] {
  const { entries, floors, analysis } = memory;
  const shown = analysis.runs[0]?.run;
  const own = entries.flatMap((entry) => (entry.run === shown ? (floors.get(entry) ?? []) : []));
  const trend = fitTrend(channel, analysis.trends[channel], own);
  if (trend === undefined) return [];
  const points = entries.map(({ run, requests }) =>
    run === shown && requests >= trend.from ? trend.at(requests) : undefined,
  );
  const mid = column(points.map((point) => point?.mid));
  const low = column(points.map((point) => point?.low));
  const high = column(points.map((point) => point?.high));
  return [{ channel, mid, low, high }];
}

/** GC work from entry to entry. The first entry of a run has nothing to compare with. */
export function toGcSeries(entries: readonly TimelineEntry[]): GcSeries {
  const rates = entries.map((entry, index) => {
    const before = entries[index - 1];
    if (before === undefined || before.run !== entry.run) return undefined;
    const ms = entry.timestamp - before.timestamp;
    if (!(ms > 0)) return undefined;
    return {
      pausePercent: Math.min(100, (100 * (entry.gcPauseMs - before.gcPauseMs)) / ms),
      freedMbPerSecond: (1000 * (entry.gcFreedMb - before.gcFreedMb)) / ms,
    };
  });
  return {
    time: entries.map(({ timestamp }) => timestamp / 1000),
    pausePercent: column(rates.map((rate) => rate?.pausePercent)),
    freedMbPerSecond: column(rates.map((rate) => rate?.freedMbPerSecond)),
  };
}

/** Index of each run's first entry. */
function startsOf(entries: readonly TimelineEntry[]): readonly number[] {
  return entries.flatMap(({ run }, index) => (entries[index - 1]?.run === run ? [] : index));
}

/** Requests of earlier runs, for each entry. */
function requestOffsets(
  entries: readonly TimelineEntry[],
  starts: readonly number[],
): readonly number[] {
  let offset = 0;
  return entries.map((_, index) => {
    if (index > 0 && starts.includes(index)) offset += entries[index - 1]?.requests ?? 0;
    return offset;
  });
}

/** A chart needs ascending positions: a floor's count is read a moment after the floor. */
function ascending(values: readonly number[]): readonly number[] {
  let most = 0;
  return values.map((value) => {
    most = Math.max(most, value);
    return most;
  });
}

/** Floors as the trend takes them: without code, run by run. */
function floorsOf(entries: readonly TimelineEntry[]): ReadonlyMap<TimelineEntry, FloorPoint> {
  const floors = entries.filter(({ kind }) => kind === 'floor');
  const points = new Map<TimelineEntry, FloorPoint>();
  for (const run of new Set(floors.map((entry) => entry.run))) {
    const own = floors.filter((entry) => entry.run === run);
    toFloorPoints(own).forEach((point, index) => {
      const entry = own[index];
      if (entry !== undefined) points.set(entry, point);
    });
  }
  return points;
}

function mbOf(floor: FloorPoint | undefined, channel: Channel): number | undefined {
  return floor && bytesToMb(floor[channel]);
}

function column(values: readonly (number | undefined)[]): Column {
  return values.map((value) =>
    value !== undefined && Number.isFinite(value) ? Number(value.toFixed(DIGITS)) : null,
  );
}
