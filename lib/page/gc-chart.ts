import type uPlot from 'uplot';
import type { GcSeries } from '../report/page/page-data.js';
import { axis, handleKey, mountChart, TIME, timeAxis } from './chart-frame.js';
import { color } from './theme.js';

const HEIGHT = 200;

/** Draws the share of time in GC pauses and what GCs freed. */
export function drawGcChart({ time, pausePercent, freedMbPerSecond }: GcSeries): void {
  const element = document.getElementById('gc-chart');
  if (element === null) return;
  const chart = mountChart(element, OPTIONS, [[...time], [...pausePercent], [...freedMbPerSecond]]);
  element.addEventListener('keydown', (event) => handleKey(chart, event));
}

const OPTIONS: Omit<uPlot.Options, 'width'> = {
  height: HEIGHT,
  scales: {
    '%': { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
    'MB/s': { range: (_, __, max) => [0, Math.max(1, max * 1.1)] },
  },
  axes: [
    timeAxis(),
    axis({ scale: '%', size: 60, values: (_, values) => values.map((value) => `${value} %`) }),
    axis({
      scale: 'MB/s',
      side: 1,
      size: 80,
      grid: { show: false },
      values: (_, values) => values.map((value) => `${value} MB/s`),
    }),
  ],
  series: [
    TIME,
    {
      label: 'Paused',
      scale: '%',
      stroke: () => color('trend'),
      fill: () => color('trend-band'),
      width: 1.5,
      points: { show: false },
      value: (_, value) => (value === null ? '' : `${value.toFixed(2)} %`),
    },
    {
      label: 'Freed',
      scale: 'MB/s',
      stroke: () => color('floor'),
      dash: [6, 3],
      width: 1.5,
      points: { show: false },
      value: (_, value) => (value === null ? '' : `${value.toFixed(1)} MB/s`),
    },
  ],
};
