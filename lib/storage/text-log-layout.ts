// How a log of texts lies in its memory, little-endian. docs/formats.md describes it.

/** Offsets inside the log's memory. */
export const LOG = {
  head: 0, // f64, bytes appended so far: where the next entry goes. Written last.
  tail: 8, // f64, bytes dropped so far: where the oldest entry starts.
  marks: 16, // f64 each, one per kind.
  entries: 64,
} as const;

/** Bytes in front of the entries: the smallest log. */
export const TEXT_LOG_HEADER_BYTES = LOG.entries;

/** Offsets inside an entry. */
export const ENTRY = {
  length: 0, // u32, bytes of text.
  kind: 4, // u32.
  number: 8, // f64.
  text: 16,
} as const;

/** Entries start at multiples of this, so that the header of one never crosses the end of the memory. */
export const ALIGNMENT = ENTRY.text;
export const PADDING = 0;

/** What an entry is: an endpoint's name, what a detailed record adds, a line of the timeline, or a stack. */
export type TextKind = 'name' | 'extras' | 'timeline' | 'stack';

export const KINDS: readonly TextKind[] = ['name', 'extras', 'timeline', 'stack'];

/** Where the mark of a kind is. */
export function markOf(kind: TextKind): number {
  return LOG.marks + KINDS.indexOf(kind) * Float64Array.BYTES_PER_ELEMENT;
}

/** Bytes for entries. */
export function capacityOf(memory: Uint8Array): number {
  return Math.floor((memory.byteLength - LOG.entries) / ALIGNMENT) * ALIGNMENT;
}

/** Bytes of an entry whose text has `length` bytes. */
export function sizeOf(length: number): number {
  return ENTRY.text + Math.ceil(length / ALIGNMENT) * ALIGNMENT;
}
