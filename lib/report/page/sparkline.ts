import { html, type Markup } from './html.js';

const WIDTH = 120;
const HEIGHT = 24;

/** A small curve from zero up. Decoration: its numbers stand beside it. */
export function sparkline(values: readonly number[]): Markup | undefined {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  if (values.length < 2 || !(largest > 0)) return undefined;
  const points = values.map((value, index) => {
    const x = (index / (values.length - 1)) * WIDTH;
    const y = HEIGHT - 1 - (Math.max(0, value) / largest) * (HEIGHT - 2);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true"><polyline points="${points.join(' ')}"/></svg>`;
}
