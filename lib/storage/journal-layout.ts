import { RECORD_BYTES } from './record-layout.js';

// How a journal lies in its memory, little-endian. docs/formats.md describes it.

/** Offsets inside the header. */
export const HEADER = {
  magic: 0, // 8 bytes, written last.
  version: 8, // u32.
  pid: 12, // u32.
  thread: 16, // u32.
  records: 20, // u32, slots.
  nameBytes: 24, // u32.
  textBytes: 28, // u32.
  started: 32, // f64, ms since the epoch.
  run: 40, // 24 bytes, ASCII, zeros behind it.
  writer: 64, // u32.
} as const;
export const HEADER_BYTES = 4096;
export const RUN_BYTES = 24;

export const MAGIC_TEXT = 'HEAPTIDE';
export const LAYOUT_VERSION = 1;

/** Slots for records: twice the largest `bufferSize`, 512 KiB. A power of two: see `sequenceAt`. */
const JOURNAL_RECORDS = 8192;
/** Room for names of endpoints: 300 bytes for each of the default `maxEndpoints`. */
const JOURNAL_NAME_BYTES = 300 * 1024;
/** Room for what records and timeline say in words: hundreds of detailed captures, or an hour of timeline. */
const JOURNAL_TEXT_BYTES = 2 * 1024 * 1024;

/** Whose records a journal holds. */
export interface JournalOwner {
  /** At most 24 letters and digits. */
  readonly run: string;
  readonly pid: number;
  readonly thread: number;
  /** Start of the run, ms since the epoch. */
  readonly started: number;
  /** Number of the writer whose files the run wrote: see `fileNameOf`. */
  readonly writer: number;
}

/** The parts of a journal's memory. */
export interface JournalParts {
  readonly records: Uint8Array;
  readonly names: Uint8Array;
  readonly texts: Uint8Array;
}

/** Sizes of the parts: slots, bytes, bytes. */
export interface JournalSizes {
  readonly records: number;
  readonly names: number;
  readonly texts: number;
}

export const JOURNAL_SIZES: JournalSizes = {
  records: JOURNAL_RECORDS,
  names: JOURNAL_NAME_BYTES,
  texts: JOURNAL_TEXT_BYTES,
};

/** Bytes of a journal with parts of those sizes. */
export function journalBytes({ records, names, texts }: JournalSizes): number {
  return HEADER_BYTES + records * RECORD_BYTES + names + texts;
}

/** The parts of a journal's bytes. */
export function partsOf(bytes: Uint8Array, sizes: JournalSizes): JournalParts {
  const names = HEADER_BYTES + sizes.records * RECORD_BYTES;
  const texts = names + sizes.names;
  return {
    records: bytes.subarray(HEADER_BYTES, names),
    names: bytes.subarray(names, texts),
    texts: bytes.subarray(texts, texts + sizes.texts),
  };
}
