import type uPlot from 'uplot';
import { formatBytes } from '../analysis/units-in-words.js';
import { mbToBytes } from '../core/units.js';
import type { Column, MemorySeries, TrendSeries } from '../report/page/page-data.js';
import { color } from './theme.js';

/** RSS that is this many times as large as everything else would press it flat: it starts hidden. */
const TOO_LARGE = 2;

/** A line of the memory chart with its values. */
export interface MemoryLine {
  readonly series: uPlot.Series;
  readonly values: Column;
  /** Whether the line and the one after it are the lower and upper end of a band. */
  readonly isBandStart?: boolean;
}

/** Memory as it was read. */
export function memoryLines(memory: MemorySeries): readonly MemoryLine[] {
  const { used, floor, external, rss, native, trends } = memory;
  const isNativeShown = trends.some(({ channel }) => channel === 'native');
  const isRssShown = largest(rss) <= TOO_LARGE * Math.max(largest(used), largest(external));
  const floorPoints = { show: true, size: 5, fill: () => color('floor') };
  return [
    line('Used heap', used, { name: 'used', width: 1, fill: () => color('used-fill') }),
    line('Floor', floor, { name: 'floor', width: 2.5, points: floorPoints }),
    line('External', external, { name: 'external', width: 2, dash: [8, 3] }),
    line('RSS', rss, { name: 'rss', dash: [2, 3], show: isRssShown }),
    ...(isNativeShown ? [line('Native', native, { name: 'native', width: 2, dash: [4, 4] })] : []),
  ];
}

/** A fitted trend, and the ends of its band. */
export function trendLines({ channel, mid, low, high }: TrendSeries): readonly MemoryLine[] {
  const end = { name: 'trend', width: 0, class: 'band-end' };
  return [
    line(`Trend of ${channel}`, mid, { name: 'trend', width: 2, dash: [12, 4] }),
    { ...line('low', low, end), isBandStart: true },
    line('high', high, end),
  ];
}

/** The bands between the ends of trends. Series are counted from 1: the first is the x axis. */
export function bandsOf(lines: readonly MemoryLine[]): uPlot.Band[] {
  return lines.flatMap(({ isBandStart }, index): uPlot.Band[] =>
    isBandStart === true
      ? [{ series: [index + 2, index + 1], fill: () => color('trend-band') }]
      : [],
  );
}

/** A size in MB in the unit that fits it. */
export function formatMb(mb: number): string {
  return formatBytes(mbToBytes(mb));
}

function line(
  label: string,
  values: Column,
  { name, ...options }: uPlot.Series & { readonly name: string },
): MemoryLine {
  const series: uPlot.Series = {
    label,
    stroke: () => color(name),
    width: 1.5,
    value: (_, value) => (value === null ? '' : formatMb(value)),
    points: { show: false },
    spanGaps: true,
    ...options,
  };
  return { series, values };
}

function largest(values: Column): number {
  return values.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}
