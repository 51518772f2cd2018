import 'uplot/dist/uPlot.min.css';
import type { PageData } from '../report/page/page-data.js';
import { drawGcChart } from './gc-chart.js';
import { drawIcicle } from './icicle.js';
import { drawMemoryChart } from './memory-chart.js';
import { makeSortable } from './sortable.js';
import './page.css';

/** The data that the page was built with. */
function readData(): PageData {
  return JSON.parse(document.getElementById('page-data')?.textContent ?? '');
}

const data = readData();
drawMemoryChart(data.memory);
drawGcChart(data.gc);
if (data.icicle !== undefined) drawIcicle(data.icicle);
for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
  makeSortable(table);
}

// What is folded on a screen belongs on paper.
window.addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
