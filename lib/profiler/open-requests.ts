/** Requests in flight that have a start reading at once, before the table grows; and the most it grows to. */
const INITIAL_CAPACITY = 1024;
const MAX_CAPACITY = 65_536;

const STRIDE = 4;

/** The slot of a request without a start reading: not sampled, or the table is full. */
export const NO_SLOT = -1;

/**
 * Start readings of the sampled requests in flight, in one typed array with a list of free slots, so that a request
 * keeps a small integer instead of an object. A request that never finishes keeps its slot; the table is bounded.
 */
export class OpenRequests {
  #readings = new Float64Array(INITIAL_CAPACITY * STRIDE);
  #free = freeList(0, INITIAL_CAPACITY);
  #freeCount = INITIAL_CAPACITY;

  /**
   * Keeps a start reading, and how many requests had finished by then. Returns its slot, or `NO_SLOT` when
   * `MAX_CAPACITY` requests are open.
   */
  open(time: number, used: number, freed: number, finished: number): number {
    if (this.#freeCount === 0 && !this.#grow()) return NO_SLOT;
    const slot = this.#free[--this.#freeCount] ?? NO_SLOT;
    const at = slot * STRIDE;
    this.#readings[at] = time;
    this.#readings[at + 1] = used;
    this.#readings[at + 2] = freed;
    this.#readings[at + 3] = finished;
    return slot;
  }

  /** Gives the slot back. Its readings stay readable until the next `open`. */
  close(slot: number): void {
    this.#free[this.#freeCount++] = slot;
  }

  time(slot: number): number {
    return this.#readings[slot * STRIDE] ?? 0;
  }

  used(slot: number): number {
    return this.#readings[slot * STRIDE + 1] ?? 0;
  }

  freed(slot: number): number {
    return this.#readings[slot * STRIDE + 2] ?? 0;
  }

  finished(slot: number): number {
    return this.#readings[slot * STRIDE + 3] ?? 0;
  }

  #grow(): boolean {
    const capacity = this.#free.length;
    if (capacity >= MAX_CAPACITY) return false;
    const readings = new Float64Array(capacity * 2 * STRIDE);
    readings.set(this.#readings);
    this.#readings = readings;
    const free = new Int32Array(capacity * 2);
    free.set(freeList(capacity, capacity));
    this.#free = free;
    this.#freeCount = capacity;
    return true;
  }
}

/** The slots `first` to `first + count - 1`, lowest last, so that low slots are used first. */
function freeList(first: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => first + count - 1 - index);
}
