import { HEAP, type HeapReader } from '../binding/contract.js';

/**
 * The shared heap array by name. Getters compile to plain array reads; no call crosses into native code except
 * {@link HeapView.refresh}. Sizes in bytes, times in ms. GCs are counted from when the view is made: the array counts on
 * from run to run.
 */
export class HeapView {
  /** Refreshes `time`, `used`, `external` and `rss`. */
  readonly refresh: () => void;
  readonly #values: Float64Array;
  readonly #minorBefore: number;
  readonly #majorBefore: number;
  readonly #freedBefore: number;
  readonly #pauseBefore: number;

  constructor(reader: HeapReader) {
    this.refresh = reader.read;
    this.#values = reader.heap;
    this.#minorBefore = reader.heap[HEAP.minorCount] ?? 0;
    this.#majorBefore = reader.heap[HEAP.majorCount] ?? 0;
    this.#freedBefore = reader.heap[HEAP.freed] ?? 0;
    this.#pauseBefore = reader.heap[HEAP.pause] ?? 0;
  }

  get time(): number {
    return this.#values[HEAP.time] ?? 0;
  }

  get used(): number {
    return this.#values[HEAP.used] ?? 0;
  }

  get external(): number {
    return this.#values[HEAP.external] ?? 0;
  }

  get rss(): number {
    return this.#values[HEAP.rss] ?? 0;
  }

  get minorCount(): number {
    return (this.#values[HEAP.minorCount] ?? 0) - this.#minorBefore;
  }

  get majorCount(): number {
    return (this.#values[HEAP.majorCount] ?? 0) - this.#majorBefore;
  }

  get freed(): number {
    return (this.#values[HEAP.freed] ?? 0) - this.#freedBefore;
  }

  get pause(): number {
    return (this.#values[HEAP.pause] ?? 0) - this.#pauseBefore;
  }

  get floor(): number {
    return this.#values[HEAP.floor] ?? 0;
  }

  get floorTime(): number {
    return this.#values[HEAP.floorTime] ?? 0;
  }

  get floorCode(): number {
    return this.#values[HEAP.floorCode] ?? 0;
  }

  get floorExternal(): number {
    return this.#values[HEAP.floorExternal] ?? 0;
  }

  get floorMalloced(): number {
    return this.#values[HEAP.floorMalloced] ?? 0;
  }

  get floorTotal(): number {
    return this.#values[HEAP.floorTotal] ?? 0;
  }

  get floorRss(): number {
    return this.#values[HEAP.floorRss] ?? 0;
  }

  get externalLow(): number {
    return this.#values[HEAP.externalLow] ?? 0;
  }

  get nearLimitCount(): number {
    return this.#values[HEAP.nearLimitCount] ?? 0;
  }
}
