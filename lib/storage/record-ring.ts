import { outOfRange } from '../core/validation.js';

/** Size of one record. */
export const RECORD_BYTES = 64;

// Offsets inside a record. All fields are little-endian, whatever the machine. docs/formats.md describes them.
const TIMESTAMP = 0; // f64, ms since the epoch.
const USED = 8; // f64, bytes.
const FLOOR = 16; // f64, bytes.
const EXTERNAL = 24; // f32, bytes.
const DELTA = 28; // f32, bytes.
const ALLOCATED = 32; // f32, bytes.
const LATENCY = 36; // f32, ms.
const RSS = 40; // u32, KiB.
const MINOR = 44; // u32.
const MAJOR = 48; // u32.
const ENDPOINT = 52; // u16.
const STATUS = 54; // u16.
const IN_FLIGHT = 56; // u16, saturates.
const FLAGS = 58; // u16.
const COMMIT = 60; // u32, 0 while the record is incomplete.

/** Flag: the record is in its file, or discarded. */
const FLUSHED = 1;

const U16_MAX = 0xffff;
const U32_MAX = 0xffff_ffff;
const BYTES_PER_KIB = 1024;

/**
 * The figures of one finished request, as the profiler hands them to the ring. One object is reused for every request,
 * so that the hot path allocates nothing: hence mutable. Sizes in bytes, times in ms.
 */
export interface RequestReading {
  /** Number that the profiler gave to the endpoint, 0 to 65,535. */
  endpoint: number;
  statusCode: number;
  /** Values above 65,535 are kept as 65,535. */
  inFlight: number;
  /** Wall clock, ms since the epoch. */
  timestamp: number;
  used: number;
  /** Kept in single precision, like `allocated`, `external` and `latencyMs`: 7 significant digits. */
  delta: number;
  allocated: number;
  external: number;
  /** Kept in KiB. */
  rss: number;
  latencyMs: number;
  minorCount: number;
  majorCount: number;
  floor: number;
}

/** A reading with every figure 0. */
export function emptyReading(): RequestReading {
  return {
    endpoint: 0,
    statusCode: 0,
    inFlight: 0,
    timestamp: 0,
    used: 0,
    delta: 0,
    allocated: 0,
    external: 0,
    rss: 0,
    latencyMs: 0,
    minorCount: 0,
    majorCount: 0,
    floor: 0,
  };
}

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
  #lastCommit = 0;
  #nextOffset = 0;
  /** No smaller sequence number is unflushed. */
  #oldest = 1;
  #size = 0;
  #dropped = 0;

  /** Takes over `memory` and clears it. */
  constructor(memory: ArrayBuffer) {
    this.capacity = Math.floor(memory.byteLength / RECORD_BYTES);
    if (this.capacity === 0) {
      throw outOfRange('memory.byteLength', `at least ${RECORD_BYTES} bytes`, memory.byteLength);
    }
    this.#view = new DataView(memory);
    new Uint8Array(memory).fill(0);
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
    view.setUint32(at + COMMIT, 0, true);
    view.setFloat64(at + TIMESTAMP, reading.timestamp, true);
    view.setFloat64(at + USED, reading.used, true);
    view.setFloat64(at + FLOOR, reading.floor, true);
    view.setFloat32(at + EXTERNAL, reading.external, true);
    view.setFloat32(at + DELTA, reading.delta, true);
    view.setFloat32(at + ALLOCATED, reading.allocated, true);
    view.setFloat32(at + LATENCY, reading.latencyMs, true);
    view.setUint32(at + RSS, reading.rss / BYTES_PER_KIB, true);
    view.setUint32(at + MINOR, reading.minorCount, true);
    view.setUint32(at + MAJOR, reading.majorCount, true);
    view.setUint16(at + ENDPOINT, reading.endpoint, true);
    view.setUint16(at + STATUS, reading.statusCode, true);
    view.setUint16(at + IN_FLIGHT, Math.min(reading.inFlight, U16_MAX), true);
    view.setUint16(at + FLAGS, 0, true);
    this.#lastSequence += 1;
    this.#lastCommit = this.#lastCommit === U32_MAX ? 1 : this.#lastCommit + 1;
    view.setUint32(at + COMMIT, this.#lastCommit, true);

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
      if (this.#isUnflushed(at) && this.#view.getUint16(at + ENDPOINT, true) === endpoint) {
        sequences.push(sequence);
        missing -= 1;
      }
    }
    return sequences;
  }

  /** Copies a record into `target`; false when the ring no longer holds it. */
  read(sequence: number, target: RequestReading): boolean {
    if (!this.#holds(sequence)) return false;
    const view = this.#view;
    const at = this.#offsetOf(sequence);
    target.timestamp = view.getFloat64(at + TIMESTAMP, true);
    target.used = view.getFloat64(at + USED, true);
    target.floor = view.getFloat64(at + FLOOR, true);
    target.external = view.getFloat32(at + EXTERNAL, true);
    target.delta = view.getFloat32(at + DELTA, true);
    target.allocated = view.getFloat32(at + ALLOCATED, true);
    target.latencyMs = view.getFloat32(at + LATENCY, true);
    target.rss = view.getUint32(at + RSS, true) * BYTES_PER_KIB;
    target.minorCount = view.getUint32(at + MINOR, true);
    target.majorCount = view.getUint32(at + MAJOR, true);
    target.endpoint = view.getUint16(at + ENDPOINT, true);
    target.statusCode = view.getUint16(at + STATUS, true);
    target.inFlight = view.getUint16(at + IN_FLIGHT, true);
    return true;
  }

  /** Takes a record off the unflushed ones. Does nothing when it is flushed or overwritten already. */
  markFlushed(sequence: number): void {
    if (!this.#holds(sequence)) return;
    const at = this.#offsetOf(sequence);
    if (!this.#isUnflushed(at)) return;
    this.#view.setUint16(at + FLAGS, FLUSHED, true);
    this.#release(at);
  }

  #release(at: number): void {
    const endpoint = this.#view.getUint16(at + ENDPOINT, true);
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
    return (
      this.#view.getUint32(at + COMMIT, true) !== 0 &&
      (this.#view.getUint16(at + FLAGS, true) & FLUSHED) === 0
    );
  }

  #offsetOf(sequence: number): number {
    return ((sequence - 1) % this.capacity) * RECORD_BYTES;
  }
}
