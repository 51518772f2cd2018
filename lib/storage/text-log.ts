import {
  capacityOf,
  ENTRY,
  KINDS,
  LOG,
  markOf,
  PADDING,
  sizeOf,
  type TextKind,
} from './text-log-layout.js';

const NO_TEXT = new Uint8Array(0);

/** Every process has it at hand, where `Buffer.write` brings 0.07 MB of Node.js into memory. */
const UTF8 = new TextEncoder();

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
    if (rest < size) this.#write({ kind: PADDING, number: 0, length: rest - ENTRY.text }, NO_TEXT);
    this.#write({ kind: KINDS.indexOf(kind) + 1, number, length: text.length }, text);
    return true;
  }

  #write(
    entry: { readonly kind: number; readonly number: number; readonly length: number },
    text: Uint8Array,
  ): void {
    const size = sizeOf(entry.length);
    this.#makeRoom(size);
    const at = LOG.entries + (this.#head % this.#capacity);
    this.#view.setUint32(at + ENTRY.length, entry.length, true);
    this.#view.setUint32(at + ENTRY.kind, entry.kind, true);
    this.#view.setFloat64(at + ENTRY.number, entry.number, true);
    this.#bytes.set(text, at + ENTRY.text);
    this.#head += size;
    this.#view.setFloat64(LOG.head, this.#head, true);
  }

  #makeRoom(size: number): void {
    while (this.#head + size - this.#tail > this.#capacity) {
      const at = LOG.entries + (this.#tail % this.#capacity);
      this.#tail += sizeOf(this.#view.getUint32(at + ENTRY.length, true));
      // Before the oldest entry is overwritten, nobody may look for it any more.
      this.#view.setFloat64(LOG.tail, this.#tail, true);
    }
  }
}
