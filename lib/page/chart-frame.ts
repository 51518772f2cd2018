import uPlot from 'uplot';
import { formatTime } from '../core/time-in-words.js';
import { color, onThemeChange } from './theme.js';

/** Share of the range that one press of plus takes away. */
const ZOOM_STEP = 0.6;

const SECONDS_PER_DAY = 86_400;

/** Points that an arrow key moves by with Shift. */
const LARGE_STEP = 10;

/** An axis in the page's colors. */
export function axis(options: uPlot.Axis): uPlot.Axis {
  return {
    stroke: () => color('muted'),
    grid: { stroke: () => color('line'), width: 1 },
    ticks: { stroke: () => color('line'), width: 1 },
    font: '12px system-ui, sans-serif',
    ...options,
  };
}

/** An axis of time, UTC as everywhere in the report: the day where more than one is shown, seconds where they matter. */
export function timeAxis(): uPlot.Axis {
  return axis({
    space: 90,
    values: (_, splits) => {
      const span = (splits.at(-1) ?? 0) - (splits[0] ?? 0);
      const [from, to] = span > SECONDS_PER_DAY ? [5, 16] : span > 600 ? [11, 16] : [11, 19];
      return splits.map((seconds) => formatTime(1000 * seconds).slice(from, to));
    },
  });
}

/** The x values of a chart over time. */
export const TIME: uPlot.Series = {
  label: 'Time (UTC)',
  value: (_, seconds) => (seconds === null ? '' : formatTime(1000 * seconds)),
};

/** Puts a chart into an element: as wide as it, in the colors of the moment, usable with the keyboard. */
export function mountChart(
  element: HTMLElement,
  options: Omit<uPlot.Options, 'width'>,
  data: uPlot.AlignedData,
): uPlot {
  const chart = new uPlot({ ...options, width: element.clientWidth }, data, element);
  makeLegendUsable(chart);
  new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width > 0 && width !== chart.width) chart.setSize({ width, height: options.height });
  }).observe(element);
  onThemeChange(() => chart.redraw(false));
  return chart;
}

/** Shows all of the x axis again. */
export function showAll(chart: uPlot): void {
  const [x] = chart.data;
  chart.setScale('x', { min: x[0] ?? 0, max: x.at(-1) ?? 1 });
}

/** Moves the cursor and the zoom of a chart by the keyboard. */
export function handleKey(chart: uPlot, event: KeyboardEvent): void {
  const steps = event.shiftKey ? LARGE_STEP : 1;
  switch (event.key) {
    case 'ArrowLeft':
      moveCursor(chart, -steps);
      break;
    case 'ArrowRight':
      moveCursor(chart, steps);
      break;
    case '+':
    case '=':
      zoomBy(chart, ZOOM_STEP);
      break;
    case '-':
      zoomBy(chart, 1 / ZOOM_STEP);
      break;
    case 'Escape':
      showAll(chart);
      break;
    default:
      return;
  }
  event.preventDefault();
}

function moveCursor(chart: uPlot, steps: number): void {
  const [x] = chart.data;
  const present = chart.cursor.idx ?? 0;
  const index = Math.min(x.length - 1, Math.max(0, present + steps));
  chart.setCursor({ left: chart.valToPos(x[index] ?? 0, 'x'), top: 10 });
}

function zoomBy(chart: uPlot, factor: number): void {
  const [x] = chart.data;
  const { min = 0, max = 1 } = chart.scales['x'] ?? {};
  const middle = x[chart.cursor.idx ?? -1] ?? (min + max) / 2;
  const first = x[0] ?? min;
  const last = x.at(-1) ?? max;
  chart.setScale('x', {
    min: Math.max(first, middle - (middle - min) * factor),
    max: Math.min(last, middle + (max - middle) * factor),
  });
}

/** uPlot's legend shows and hides series on a click; this makes it a button for the keyboard too. */
function makeLegendUsable(chart: uPlot): void {
  for (const label of chart.root.querySelectorAll<HTMLElement>(
    '.u-legend .u-series:not(:first-child) th',
  )) {
    label.tabIndex = 0;
    label.setAttribute('role', 'button');
    label.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      label.click();
    });
  }
}
