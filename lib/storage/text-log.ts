import type { ByteRange } from './chunks.js';

// Offsets inside the log's memory, little-endian. docs/formats.md describes them.
const HEAD = 0; // f64, bytes appended so far: where the next entry goes. Written last.
const TAIL = 8; // f64, bytes dropped so far: where the oldest entry starts.
const MARKS = 16; // f64 each, one per kind.
/** Bytes in front of the entries: the smallest log. */
export const TEXT_LOG_HEADER_BYTES = 64;
const DATA = TEXT_LOG_HEADER_BYTES;

// Offsets inside an entry.
const LENGTH = 0; // u32, bytes of text.
const KIND = 4; // u32.
const NUMBER = 8; // f64.
const TEXT = 16;

/** Entries start at multiples of this, so that the header of one never crosses the end of the memory. */
const ALIGNMENT = TEXT;
const PADDING = 0;
const NO_TEXT = new Uint8Array(0);

/** Every process has it at hand, where `Buffer.write` brings 0.1 MB of Node.js into memory. */
const UTF8 = new TextEncoder();

/** What an entry is: an endpoint's name, what a detailed record adds, a line of the timeline, or a stack. */
export type TextKind = 'name' | 'extras' | 'timeline' | 'stack';

const KINDS: readonly TextKind[] = ['name', 'extras', 'timeline', 'stack'];

/** One entry. */
export interface TextEntry {
  readonly kind: TextKind;
  /** The endpoint, the record's sequence number, or the running number of the line. */
  readonly number: number;
  readonly text: string;
}

/**
 * A ring of texts in memory that the caller provides. An entry exists as soon as the head has moved past it, so a
 * process that dies leaves no half entry.
 */
export class TextLog {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  #head = 0;
  #tail = 0;

  /** Takes over `memory`, which must be zero. */
  constructor(memory: Uint8Array) {
    this.#view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    this.#bytes = memory;
    this.#capacity = capacityOf(memory);
  }

  /** Adds an entry; the oldest ones make room. False when the text is too long for the log. */
  append(kind: TextKind, number: number, text: string): boolean {
    return this.#append(kind, number, UTF8.encode(text));
  }

  /** As {@link append}, but false too when an entry would have to make room. */
  appendIfRoom(kind: TextKind, number: number, text: string): boolean {
    // Names are never dropped, so the memory is filled once from its start to its end.
    const bytes = UTF8.encode(text);
    const hasRoom = this.#head + sizeOf(bytes.length) <= this.#capacity;
    return hasRoom && this.#append(kind, number, bytes);
  }

  /** Notes that the lines of a kind with numbers up to `number` are in their file, or lost. */
  mark(kind: TextKind, number: number): void {
    this.#view.setFloat64(markOf(kind), number, true);
  }

  #append(kind: TextKind, number: number, text: Uint8Array): boolean {
    const size = sizeOf(text.length);
    if (size > this.#capacity) return false;
    const rest = this.#capacity - (this.#head % this.#capacity);
    if (rest < size) this.#write({ kind: PADDING, number: 0, length: rest - TEXT }, NO_TEXT);
    this.#write({ kind: KINDS.indexOf(kind) + 1, number, length: text.length }, text);
    return true;
  }

  #write(
    entry: { readonly kind: number; readonly number: number; readonly length: number },
    text: Uint8Array,
  ): void {
    const size = sizeOf(entry.length);
    this.#makeRoom(size);
    const at = DATA + (this.#head % this.#capacity);
    this.#view.setUint32(at + LENGTH, entry.length, true);
    this.#view.setUint32(at + KIND, entry.kind, true);
    this.#view.setFloat64(at + NUMBER, entry.number, true);
    this.#bytes.set(text, at + TEXT);
    this.#head += size;
    this.#view.setFloat64(HEAD, this.#head, true);
  }

  #makeRoom(size: number): void {
    while (this.#head + size - this.#tail > this.#capacity) {
      const at = DATA + (this.#tail % this.#capacity);
      this.#tail += sizeOf(this.#view.getUint32(at + LENGTH, true));
      // Before the oldest entry is overwritten, nobody may look for it any more.
      this.#view.setFloat64(TAIL, this.#tail, true);
    }
  }
}

/** The entries of a log's memory, oldest first, whatever a crash or a hand has made of it. */
export function* readTextLog(memory: Uint8Array): Generator<TextEntry> {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  const capacity = capacityOf(memory);
  const head = view.getFloat64(HEAD, true);
  let position = view.getFloat64(TAIL, true);
  const isUsable =
    Number.isSafeInteger(head) &&
    Number.isSafeInteger(position) &&
    position >= 0 &&
    position % ALIGNMENT === 0 &&
    head - position <= capacity;
  if (!isUsable) return;
  while (position < head) {
    const at = DATA + (position % capacity);
    const length = view.getUint32(at + LENGTH, true);
    if (at + TEXT + length > memory.byteLength) return;
    const kind = KINDS[view.getUint32(at + KIND, true) - 1];
    if (kind !== undefined) {
      const text = bytes.toString('utf8', at + TEXT, at + TEXT + length);
      yield { kind, number: view.getFloat64(at + NUMBER, true), text };
    }
    position += sizeOf(length);
  }
}

/** Number of the last line of a kind that is in its file, or lost. */
export function markIn(memory: Uint8Array, kind: TextKind): number {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  return view.getFloat64(markOf(kind), true);
}

/** What was appended to a log's memory after its head was at `since`, as far as it is still there. */
export function appendedSince(memory: Uint8Array, since: number): readonly ByteRange[] {
  const capacity = capacityOf(memory);
  const head = headIn(memory);
  if (head === since) return [];
  if (head - since >= capacity) return [{ start: DATA, end: DATA + capacity }];
  const start = DATA + (since % capacity);
  const end = DATA + (head % capacity);
  if (start < end) return [{ start, end }];
  return [
    { start, end: DATA + capacity },
    { start: DATA, end },
  ];
}

/** Bytes appended to a log's memory so far. */
export function headIn(memory: Uint8Array): number {
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength).getFloat64(HEAD, true);
}

function markOf(kind: TextKind): number {
  return MARKS + KINDS.indexOf(kind) * Float64Array.BYTES_PER_ELEMENT;
}

function capacityOf(memory: Uint8Array): number {
  return Math.floor((memory.byteLength - DATA) / ALIGNMENT) * ALIGNMENT;
}

function sizeOf(length: number): number {
  return TEXT + Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
