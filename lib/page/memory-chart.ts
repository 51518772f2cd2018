import type uPlot from 'uplot';
import type { MemorySeries } from '../report/page/page-data.js';
import { formatCount } from '../report/wording.js';
import { axis, handleKey, mountChart, showAll, TIME, timeAxis } from './chart-frame.js';
import { bandsOf, formatMb, memoryLines, trendLines } from './memory-lines.js';
import { color } from './theme.js';

const HEIGHT = 360;

/** Height of a GC mark in CSS pixels. */
const MARK = 7;

type XAxis = 'time' | 'requests';

/** Draws memory over time or over requests, and lets the reader switch. */
export function drawMemoryChart(memory: MemorySeries): void {
  const element = document.getElementById('memory-chart');
  const reset = document.getElementById('reset-zoom');
  if (element === null || reset === null) return;
  let chart = mount(element, { memory, reset, x: 'time' });
  for (const choice of document.querySelectorAll<HTMLInputElement>('#axis input')) {
    choice.addEventListener('change', () => {
      chart.destroy();
      chart = mount(element, {
        memory,
        reset,
        x: choice.value === 'requests' ? 'requests' : 'time',
      });
    });
  }
  element.addEventListener('keydown', (event) => handleKey(chart, event));
  reset.addEventListener('click', () => showAll(chart));
}

interface MemoryView {
  readonly memory: MemorySeries;
  readonly reset: HTMLElement;
  readonly x: XAxis;
}

function mount(element: HTMLElement, { memory, reset, x }: MemoryView): uPlot {
  const lines = [...memoryLines(memory), ...memory.trends.flatMap(trendLines)];
  const data: uPlot.AlignedData = [[...memory[x]], ...lines.map(({ values }) => [...values])];
  const gaps = restartGaps(memory);
  reset.hidden = true;
  return mountChart(
    element,
    {
      height: HEIGHT,
      scales: {
        x: { time: x === 'time' },
        y: { range: (_, __, max) => [0, Math.max(1, max * 1.05)] },
      },
      axes: [
        x === 'time' ? timeAxis() : axis({ values: (_, values) => values.map(formatCount) }),
        axis({ size: 70, values: (_, values) => values.map(formatMb) }),
      ],
      series: [
        x === 'time'
          ? TIME
          : { label: 'Requests', value: (_, value) => (value === null ? '' : formatCount(value)) },
        ...lines.map(({ series }) => ({ ...series, gaps })),
      ],
      bands: bandsOf(lines),
      hooks: {
        draw: [(chart) => drawMarks(chart, memory)],
        setScale: [
          (chart) => {
            reset.hidden = !isZoomed(chart);
          },
        ],
      },
    },
    data,
  );
}

/** Lines break between runs. */
function restartGaps({ restarts }: MemorySeries): NonNullable<uPlot.Series['gaps']> {
  return (chart, _, __, ___, found) => [...found, ...restarts.map((at) => gapBefore(chart, at))];
}

function gapBefore(chart: uPlot, at: number): [number, number] {
  const [x] = chart.data;
  return [chart.valToPos(x[at - 1] ?? 0, 'x', true), chart.valToPos(x[at] ?? 0, 'x', true)];
}

/** Major GCs as triangles at the bottom, restarts as vertical lines. */
function drawMarks(chart: uPlot, { majorGcs, restarts }: MemorySeries): void {
  const { ctx, bbox } = chart;
  const [x] = chart.data;
  const size = MARK * devicePixelRatio;
  const bottom = bbox.top + bbox.height;
  const positionOf = (at: number) => chart.valToPos(x[at] ?? 0, 'x', true);
  const isInside = (left: number) => left >= bbox.left && left <= bbox.left + bbox.width;
  ctx.save();
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = color('floor');
  ctx.fillStyle = color('floor');
  for (const { at, probed } of majorGcs) {
    const left = positionOf(at);
    if (!isInside(left)) continue;
    ctx.beginPath();
    ctx.moveTo(left, bottom - size);
    ctx.lineTo(left - size / 2, bottom);
    ctx.lineTo(left + size / 2, bottom);
    ctx.closePath();
    if (probed) ctx.stroke();
    else ctx.fill();
  }
  ctx.strokeStyle = color('text');
  ctx.fillStyle = color('text');
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([4 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const at of restarts) {
    const left = positionOf(at);
    if (!isInside(left)) continue;
    ctx.beginPath();
    ctx.moveTo(left, bbox.top);
    ctx.lineTo(left, bottom);
    ctx.stroke();
    ctx.fillText('restart', left + size / 2, bbox.top + 2 * size);
  }
  ctx.restore();
}

function isZoomed(chart: uPlot): boolean {
  const [x] = chart.data;
  const { min = 0, max = 0 } = chart.scales['x'] ?? {};
  return min > (x[0] ?? 0) || max < (x.at(-1) ?? 0);
}
