/** Requests in flight that have a start reading at once, before the table grows; and the most it grows to. */
const INITIAL_CAPACITY = 1024;
const MAX_CAPACITY = 65_536;

const STRIDE = 5;

/** The slot of a request without a start reading: not sampled, or the table is full. */
export const NO_SLOT = -1;

/** What is known of a request when it begins. Sizes in bytes, times on the monotonic clock in ms. */
export interface StartReading {
  time: number;
  /** When the heap was read: `time`, or a little before it when requests share a reading. */
  readAt: number;
  used: number;
  freed: number;
  /** Requests finished when the heap was read. */
  finished: number;
}

/**
 * Start readings of the sampled requests in flight, in one typed array with a list of free slots, so that a request
 * keeps a small integer instead of an object. A request that never finishes keeps its slot; the table is bounded.
 */
export class OpenRequests {
  #readings = new Float64Array(INITIAL_CAPACITY * STRIDE);
  #free = freeList(0, INITIAL_CAPACITY);
  #freeCount = INITIAL_CAPACITY;

  /** Keeps a start reading. Returns its slot, or `NO_SLOT` when `MAX_CAPACITY` requests are open. */
  open({ time, readAt, used, freed, finished }: Readonly<StartReading>): number {
    if (this.#freeCount === 0 && !this.#grow()) return NO_SLOT;
    const slot = this.#free[--this.#freeCount] ?? NO_SLOT;
    const at = slot * STRIDE;
    this.#readings[at] = time;
    this.#readings[at + 1] = readAt;
    this.#readings[at + 2] = used;
    this.#readings[at + 3] = freed;
    this.#readings[at + 4] = finished;
    return slot;
  }

  /** Gives the slot back. Its readings stay readable until the next `open`. */
  close(slot: number): void {
    this.#free[this.#freeCount++] = slot;
  }

  time(slot: number): number {
    return this.#readings[slot * STRIDE] ?? 0;
  }

  /** Whether the heap was read for this request alone. */
  hasOwnReading(slot: number): boolean {
    return this.#readings[slot * STRIDE] === this.#readings[slot * STRIDE + 1];
  }

  used(slot: number): number {
    return this.#readings[slot * STRIDE + 2] ?? 0;
  }

  freed(slot: number): number {
    return this.#readings[slot * STRIDE + 3] ?? 0;
  }

  finished(slot: number): number {
    return this.#readings[slot * STRIDE + 4] ?? 0;
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
