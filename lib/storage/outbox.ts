import type { Batch, BatchSource } from './array-file.js';

/** Lines that wait to be written to one file. Bounded: the oldest makes room for the newest. */
export class Outbox {
  readonly #capacity: number;
  readonly #lines: string[] = [];
  /** Number of lines that left, written or dropped: the first waiting line has this index. */
  #left = 0;
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#lines.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(line: string): void {
    if (this.#lines.length >= this.#capacity) {
      this.#lines.shift();
      this.#left += 1;
      this.#dropped += 1;
    }
    this.#lines.push(line);
  }

  /** All waiting lines; they leave when they are written. */
  readonly source: BatchSource = (): Batch | undefined => {
    if (this.#lines.length === 0) return undefined;
    const elements = [...this.#lines];
    const end = this.#left + elements.length;
    return { elements, onWritten: () => this.#leave(end) };
  };

  /** Takes out the lines before index `end`. Some of them may have been dropped during the write. */
  #leave(end: number): void {
    const written = Math.max(0, end - this.#left);
    this.#lines.splice(0, written);
    this.#left += written;
  }
}
