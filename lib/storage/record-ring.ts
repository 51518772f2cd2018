import { outOfRange } from '../core/validation.js';
import {
  commitSlot,
  endpointAt,
  isUnflushedSlot,
  markSlotFlushed,
  openSlot,
  RECORD_BYTES,
  type RequestReading,
  readReading,
  writeReading,
} from './record-layout.js';

/**
 * A ring of fixed-size records in memory that the caller provides, so that the memory can outlive the process.
 *
 * Appending costs no allocation. The oldest record makes room for the newest; one that is not flushed yet counts as
 * dropped. Sequence numbers start at 1 and are exact to 2^53.
 */
export class RecordRing {
  readonly capacity: number;
  readonly #view: DataView;
  /** Unflushed records by endpoint number. */
  readonly #pending: number[] = [];
  #lastSequence = 0;
  #nextOffset = 0;
  /** No smaller sequence number is unflushed. */
  #oldest = 1;
  #size = 0;
  #dropped = 0;

  /** Takes over `memory`, which must be zero: clearing it would make every page of a mapped file resident. */
  constructor(memory: Uint8Array) {
    this.capacity = Math.floor(memory.byteLength / RECORD_BYTES);
    if (this.capacity === 0) {
      throw outOfRange('memory.byteLength', `at least ${RECORD_BYTES} bytes`, memory.byteLength);
    }
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  }

  /** Number of unflushed records. */
  get size(): number {
    return this.#size;
  }

  /** Records that were overwritten before they were flushed. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Number of unflushed records of one endpoint. */
  pendingOf(endpoint: number): number {
    return this.#pending[endpoint] ?? 0;
  }

  /** Numbers of the endpoints that have unflushed records. */
  pendingEndpoints(): number[] {
    return [...this.#pending.keys()].filter((endpoint) => this.pendingOf(endpoint) > 0);
  }

  /** Copies `reading` into the ring and returns its sequence number. */
  append(reading: Readonly<RequestReading>): number {
    const view = this.#view;
    const at = this.#nextOffset;
    if (this.#isUnflushed(at)) {
      this.#release(at);
      this.#dropped += 1;
    }
    // The commit word is cleared first and written last: a process that dies in between leaves no half record.
    openSlot(view, at);
    writeReading(view, at, reading);
    this.#lastSequence += 1;
    commitSlot(view, at, this.#lastSequence);

    this.#nextOffset = at + RECORD_BYTES;
    if (this.#nextOffset === this.capacity * RECORD_BYTES) this.#nextOffset = 0;
    this.#pending[reading.endpoint] = this.pendingOf(reading.endpoint) + 1;
    this.#size += 1;
    return this.#lastSequence;
  }

  /** Sequence numbers of an endpoint's oldest unflushed records, at most `limit`. */
  unflushed(endpoint: number, limit: number): number[] {
    this.#skipFlushed();
    const sequences: number[] = [];
    let missing = Math.min(this.pendingOf(endpoint), limit);
    for (let sequence = this.#oldest; missing > 0; sequence += 1) {
      const at = this.#offsetOf(sequence);
      if (this.#isUnflushed(at) && endpointAt(this.#view, at) === endpoint) {
        sequences.push(sequence);
        missing -= 1;
      }
    }
    return sequences;
  }

  /** Copies a record into `target`; false when the ring no longer holds it. */
  read(sequence: number, target: RequestReading): boolean {
    if (!this.#holds(sequence)) return false;
    readReading(this.#view, this.#offsetOf(sequence), target);
    return true;
  }

  /** Takes a record off the unflushed ones. Does nothing when it is flushed or overwritten already. */
  markFlushed(sequence: number): void {
    if (!this.#holds(sequence)) return;
    const at = this.#offsetOf(sequence);
    if (!this.#isUnflushed(at)) return;
    markSlotFlushed(this.#view, at);
    this.#release(at);
  }

  #release(at: number): void {
    const endpoint = endpointAt(this.#view, at);
    this.#pending[endpoint] = this.pendingOf(endpoint) - 1;
    this.#size -= 1;
  }

  #skipFlushed(): void {
    this.#oldest = Math.max(this.#oldest, this.#firstHeld);
    while (this.#oldest <= this.#lastSequence && !this.#isUnflushed(this.#offsetOf(this.#oldest))) {
      this.#oldest += 1;
    }
  }

  /** Smallest sequence number whose record is still in the ring. */
  get #firstHeld(): number {
    return Math.max(1, this.#lastSequence - this.capacity + 1);
  }

  #holds(sequence: number): boolean {
    return sequence >= this.#firstHeld && sequence <= this.#lastSequence;
  }

  #isUnflushed(at: number): boolean {
    return isUnflushedSlot(this.#view, at);
  }

  #offsetOf(sequence: number): number {
    return ((sequence - 1) % this.capacity) * RECORD_BYTES;
  }
}
