// The parts of d3-flame-graph and d3-selection that the page uses: neither package has types of its own.

declare module 'd3-flame-graph' {
  /** A frame as the chart keeps it. */
  export interface Frame<Data> {
    readonly data: Data;
    readonly parent: Frame<Data> | null;
    readonly children?: readonly Frame<Data>[];
    readonly value: number;
    /** Whether a search found it. */
    readonly highlight?: boolean;
  }

  export interface FlameGraph<Data> {
    (selection: import('d3-selection').Selection): void;
    width(pixels: number): this;
    cellHeight(pixels: number): this;
    minFrameSize(pixels: number): this;
    transitionDuration(ms: number): this;
    inverted(isInverted: boolean): this;
    sort(compare: (a: Frame<Data>, b: Frame<Data>) => number): this;
    setColorMapper(color: (frame: Frame<Data>) => string): this;
    setLabelHandler(label: (frame: Frame<Data>) => string): this;
    setDetailsHandler(show: (text: string | null) => void): this;
    setSearchHandler(
      onFound: (found: readonly Frame<Data>[], sum: number, total: number) => void,
    ): this;
    setSearchMatch(matches: (frame: Frame<Data>, term: string) => boolean): this;
    onClick(onZoom: (frame: Frame<Data>) => void): this;
    search(term: string): void;
    clear(): void;
    zoomTo(frame: Frame<Data>): void;
    resetZoom(): void;
    update(): void;
  }

  function flamegraph<Data>(): FlameGraph<Data>;

  // biome-ignore lint/style/noDefaultExport: it is what the package exports.
  export { flamegraph as default };
}

declare module 'd3-selection' {
  export interface Selection {
    datum(data: unknown): this;
    call(draw: (selection: Selection) => void): this;
  }

  export function select(element: Element): Selection;
}
