import flamegraph, { type FlameGraph, type Frame } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { formatBytes } from '../analysis/units-in-words.js';
import type { IcicleNode } from '../report/page/page-data.js';

const ROW_HEIGHT = 20;

/** Frames narrower than this many pixels are not drawn until the reader zooms in. */
const MIN_WIDTH = 1;

type IcicleFrame = Frame<IcicleNode>;

/** Draws live memory as an icicle: callers above callees, the width is live bytes. */
export function drawIcicle(root: IcicleNode): void {
  const element = document.getElementById('icicle');
  const detail = document.getElementById('icicle-detail');
  const search = document.getElementById('stack-search');
  if (element === null || detail === null || !(search instanceof HTMLInputElement)) return;
  const describe = ({ data: { name, place, value } }: IcicleFrame) =>
    `${name}${place === '' ? '' : ` at ${place}`}: ${formatBytes(value)}, ${percent(value, root.value)}`;
  const show = (text: string) => {
    detail.textContent = text;
  };
  const chart = flamegraph<IcicleNode>()
    .width(element.clientWidth)
    .cellHeight(ROW_HEIGHT)
    .minFrameSize(MIN_WIDTH)
    .inverted(true)
    .transitionDuration(matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 150)
    .sort((a, b) => b.value - a.value)
    .setColorMapper(({ data, highlight }) => `var(--${highlight === true ? 'found' : data.kind})`)
    .setLabelHandler(describe)
    .setDetailsHandler((text) => text !== null && show(text))
    .setSearchMatch(({ data }, term) =>
      `${data.name} ${data.place}`.toLowerCase().includes(term.toLowerCase()),
    )
    .setSearchHandler((found, sum) =>
      show(`${found.length} frames found, ${formatBytes(sum)}, ${percent(sum, root.value)}`),
    );
  select(element).datum(root).call(chart);
  search.addEventListener('input', () => find(chart, search.value, show));
  new KeyboardCursor({ element, chart, show: (frame) => show(describe(frame)) }).listen();
  new ResizeObserver(() => chart.width(element.clientWidth).update()).observe(element);
}

function find(chart: FlameGraph<IcicleNode>, term: string, show: (text: string) => void): void {
  if (term.trim() === '') {
    chart.clear();
    show('');
  } else {
    chart.search(term.trim());
  }
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}

/** Moves from frame to frame with the arrow keys. */
class KeyboardCursor {
  readonly #element: HTMLElement;
  readonly #chart: FlameGraph<IcicleNode>;
  readonly #show: (frame: IcicleFrame) => void;
  #current: IcicleFrame | undefined;

  constructor(options: {
    readonly element: HTMLElement;
    readonly chart: FlameGraph<IcicleNode>;
    readonly show: (frame: IcicleFrame) => void;
  }) {
    this.#element = options.element;
    this.#chart = options.chart;
    this.#show = options.show;
  }

  listen(): void {
    this.#element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  #onKey(event: KeyboardEvent): void {
    const current = this.#current ?? this.#frames().values().next().value;
    if (current === undefined) return;
    if (event.key === 'Enter') this.#chart.zoomTo(current);
    else if (event.key === 'Escape') this.#chart.resetZoom();
    else if (event.key.startsWith('Arrow')) this.#moveTo(neighbor(current, event.key) ?? current);
    else return;
    event.preventDefault();
  }

  #moveTo(frame: IcicleFrame): void {
    this.#current = frame;
    this.#show(frame);
    for (const [group, drawn] of this.#frames()) group.classList.toggle('current', drawn === frame);
  }

  /** Drawn frames by their elements, the outermost first. d3 keeps the frame of an element in `__data__`. */
  #frames(): Map<Element, IcicleFrame> {
    const groups = [
      ...this.#element.querySelectorAll<Element & { readonly __data__?: IcicleFrame }>('g.frame'),
    ];
    return new Map(groups.flatMap((group) => (group.__data__ ? [[group, group.__data__]] : [])));
  }
}

function neighbor(frame: IcicleFrame, key: string): IcicleFrame | undefined {
  if (key === 'ArrowUp') return frame.parent ?? undefined;
  if (key === 'ArrowDown') return frame.children?.[0];
  const siblings = frame.parent?.children ?? [frame];
  return siblings[siblings.indexOf(frame) + (key === 'ArrowRight' ? 1 : -1)];
}
