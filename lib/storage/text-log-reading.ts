import type { ByteRange } from './chunks.js';
import {
  ALIGNMENT,
  capacityOf,
  DATA,
  HEAD,
  KIND,
  KINDS,
  LENGTH,
  markOf,
  NUMBER,
  sizeOf,
  TAIL,
  TEXT,
  type TextKind,
} from './text-log-layout.js';

/** One entry. */
export interface TextEntry {
  readonly kind: TextKind;
  /** The endpoint, the record's sequence number, or the running number of the line. */
  readonly number: number;
  readonly text: string;
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
