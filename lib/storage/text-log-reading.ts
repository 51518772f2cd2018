import type { ByteRange } from './chunks.js';
import {
  ALIGNMENT,
  capacityOf,
  ENTRY,
  KINDS,
  LOG,
  markOf,
  sizeOf,
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
  const head = view.getFloat64(LOG.head, true);
  let position = view.getFloat64(LOG.tail, true);
  const isUsable =
    Number.isSafeInteger(head) &&
    Number.isSafeInteger(position) &&
    position >= 0 &&
    position % ALIGNMENT === 0 &&
    head - position <= capacity;
  if (!isUsable) return;
  while (position < head) {
    const at = LOG.entries + (position % capacity);
    const length = view.getUint32(at + ENTRY.length, true);
    if (at + ENTRY.text + length > memory.byteLength) return;
    const kind = KINDS[view.getUint32(at + ENTRY.kind, true) - 1];
    if (kind !== undefined) {
      const text = bytes.toString('utf8', at + ENTRY.text, at + ENTRY.text + length);
      yield { kind, number: view.getFloat64(at + ENTRY.number, true), text };
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
  if (head - since >= capacity) return [{ start: LOG.entries, end: LOG.entries + capacity }];
  const start = LOG.entries + (since % capacity);
  const end = LOG.entries + (head % capacity);
  if (start < end) return [{ start, end }];
  return [
    { start, end: LOG.entries + capacity },
    { start: LOG.entries, end },
  ];
}

/** Bytes appended to a log's memory so far. */
export function headIn(memory: Uint8Array): number {
  return new DataView(memory.buffer, memory.byteOffset, memory.byteLength).getFloat64(
    LOG.head,
    true,
  );
}
