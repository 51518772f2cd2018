import { HEAP, type HeapReader } from '../binding/contract.js';

/**
 * The shared heap array by name. Getters compile to plain array reads; no call crosses into native code except
 * {@link HeapView.refresh}. Sizes in bytes, times in ms.
 */
export class HeapView {
  /** Refreshes `time`, `used`, `external` and `rss`. */
  readonly refresh: () => void;
  readonly #values: Float64Array;

  constructor(reader: HeapReader) {
    this.refresh = reader.read;
    this.#values = reader.heap;
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
    return this.#values[HEAP.minorCount] ?? 0;
  }

  get majorCount(): number {
    return this.#values[HEAP.majorCount] ?? 0;
  }

  get freed(): number {
    return this.#values[HEAP.freed] ?? 0;
  }

  get pause(): number {
    return this.#values[HEAP.pause] ?? 0;
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
