import type { Batch, BatchSource } from './array-file.js';

/** Hears what enters and leaves an outbox. Lines are numbered from 1. */
export interface OutboxWitness {
  readonly onPush: (number: number, line: string) => void;
  /** The lines up to this number are written or dropped. */
  readonly onLeave: (number: number) => void;
}

/** Lines that wait to be written to one file. Bounded: the oldest makes room for the newest. */
export class Outbox {
  readonly #capacity: number;
  readonly #witness: OutboxWitness | undefined;
  readonly #lines: string[] = [];
  /** Number of lines that left, written or dropped: the first waiting line has this index. */
  #left = 0;
  #dropped = 0;

  constructor(capacity: number, witness?: OutboxWitness) {
    this.#capacity = capacity;
    this.#witness = witness;
  }

  get size(): number {
    return this.#lines.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  push(line: string): void {
    if (this.#lines.length >= this.#capacity) {
      this.#leave(this.#left + 1);
      this.#dropped += 1;
    }
    this.#lines.push(line);
    this.#witness?.onPush(this.#left + this.#lines.length, line);
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
    this.#witness?.onLeave(this.#left);
  }
}
