import type { HeapReader } from '../binding/contract.js';
import { monotonicMs } from '../core/clock.js';
import type { HeapView } from './heap-view.js';

/** Longest time that one exact reading may block, in ms: a few times a scavenge. */
const MAX_READ_MS = 5;

/** Assumed until the first reading is timed: measured at 278 MB on Node 20, 0.115 ms per MB. */
const EXPECTED_MS_PER_BYTE = 0.115 / (1024 * 1024);

/**
 * Size of machine code and bytecode, which the JIT grows while a service warms up and which is no leak. V8 walks the
 * old space to tell it, so the exact reading is taken only while it is quick; on a larger heap the last exact reading
 * is carried on, moved by the code spaces, whose size is free to read.
 */
export class CodeSize {
  readonly #reader: HeapReader;
  #exact = 0;
  #spacesAtExact = 0;
  #msPerByte = EXPECTED_MS_PER_BYTE;

  constructor(reader: HeapReader) {
    this.#reader = reader;
  }

  /** Bytes at the present floor. */
  atFloor(heap: HeapView): number {
    if (heap.floor * this.#msPerByte > MAX_READ_MS) {
      return this.#exact + heap.floorCode - this.#spacesAtExact;
    }
    const started = monotonicMs();
    this.#exact = this.#reader.codeSize();
    this.#spacesAtExact = heap.floorCode;
    this.#msPerByte = (monotonicMs() - started) / Math.max(heap.floor, 1);
    return this.#exact;
  }
}
