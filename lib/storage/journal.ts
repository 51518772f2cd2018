import type { EndpointEntry } from '../core/timeline.js';
import { RECORD_BYTES } from './record-layout.js';
import { TEXT_LOG_HEADER_BYTES, type TextKind, TextLog } from './text-log.js';

// Offsets inside the header, little-endian. docs/formats.md describes them.
const MAGIC = 0; // 8 bytes, written last.
const VERSION = 8; // u32.
const PID = 12; // u32.
const THREAD = 16; // u32.
const RECORDS = 20; // u32, slots.
const NAME_BYTES = 24; // u32.
const TEXT_BYTES = 28; // u32.
const STARTED = 32; // f64, ms since the epoch.
const RUN = 40; // 24 bytes, ASCII, zeros behind it.
const RUN_BYTES = 24;
const WRITER = 64; // u32.
const HEADER_BYTES = 4096;

const MAGIC_TEXT = 'HEAPTIDE';
const TEXT = new TextEncoder();
const LAYOUT_VERSION = 1;

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

/**
 * The memory in which a run keeps what is not in its files yet. In a mapped file it outlives the process, and `openJournal`
 * reads it there; ordinary memory works alike and protects nothing, unless a `JournalMirror` writes it out.
 */
export class Journal {
  readonly parts: JournalParts;
  readonly #names: TextLog;
  readonly #texts: TextLog;

  /** Takes over `memory`, which must be zero and have `journalBytes(sizes)` bytes. */
  constructor(memory: ArrayBuffer, owner: JournalOwner, sizes: JournalSizes = JOURNAL_SIZES) {
    writeHeader(memory, owner, sizes);
    this.parts = partsOf(new Uint8Array(memory), sizes);
    this.#names = new TextLog(this.parts.names);
    this.#texts = new TextLog(this.parts.texts);
  }

  /** A journal in ordinary memory. */
  static inMemory(owner: JournalOwner, sizes: JournalSizes = JOURNAL_SIZES): Journal {
    return new Journal(new ArrayBuffer(journalBytes(sizes)), owner, sizes);
  }

  /** The memory of the ring of records. */
  get records(): Uint8Array {
    return this.parts.records;
  }

  /** Keeps what an endpoint's number means. Further endpoints are recovered without a name when the room is used up. */
  addName(endpoint: number, entry: Omit<EndpointEntry, 'file'>): void {
    this.#names.appendIfRoom('name', endpoint, JSON.stringify(entry));
  }

  /** Keeps a text until newer ones need its room. */
  addText(kind: Exclude<TextKind, 'name'>, number: number, text: string): void {
    this.#texts.append(kind, number, text);
  }

  /** The lines of a kind with numbers up to `number` are in their file, or lost. */
  markWritten(kind: 'timeline' | 'stack', number: number): void {
    this.#texts.mark(kind, number);
  }
}

/** The parts of a journal's bytes and its owner; `undefined` when they are no journal of this version. */
export function openJournal(
  bytes: Uint8Array,
): { readonly owner: JournalOwner; readonly parts: JournalParts } | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOurs = asciiAt(bytes, MAGIC, MAGIC_TEXT.length) === MAGIC_TEXT;
  if (!isOurs || view.getUint32(VERSION, true) !== LAYOUT_VERSION) return undefined;
  const sizes = {
    records: view.getUint32(RECORDS, true),
    names: view.getUint32(NAME_BYTES, true),
    texts: view.getUint32(TEXT_BYTES, true),
  };
  const fits =
    journalBytes(sizes) <= bytes.byteLength &&
    Math.min(sizes.names, sizes.texts) >= TEXT_LOG_HEADER_BYTES;
  const run = asciiAt(bytes, RUN, RUN_BYTES);
  if (!fits || !/^[a-z0-9]+$/i.test(run)) return undefined;
  const owner = {
    run,
    pid: view.getUint32(PID, true),
    thread: view.getUint32(THREAD, true),
    started: view.getFloat64(STARTED, true),
    writer: view.getUint32(WRITER, true),
  };
  return { owner, parts: partsOf(bytes, sizes) };
}

function writeHeader(memory: ArrayBuffer, owner: JournalOwner, sizes: JournalSizes): void {
  const view = new DataView(memory);
  const header = new Uint8Array(memory, 0, HEADER_BYTES);
  view.setUint32(VERSION, LAYOUT_VERSION, true);
  view.setUint32(PID, owner.pid, true);
  view.setUint32(THREAD, owner.thread, true);
  view.setUint32(RECORDS, sizes.records, true);
  view.setUint32(NAME_BYTES, sizes.names, true);
  view.setUint32(TEXT_BYTES, sizes.texts, true);
  view.setFloat64(STARTED, owner.started, true);
  view.setUint32(WRITER, owner.writer, true);
  header.set(TEXT.encode(owner.run).subarray(0, RUN_BYTES), RUN);
  header.set(TEXT.encode(MAGIC_TEXT), MAGIC);
}

function partsOf(bytes: Uint8Array, sizes: JournalSizes): JournalParts {
  const names = HEADER_BYTES + sizes.records * RECORD_BYTES;
  const texts = names + sizes.names;
  return {
    records: bytes.subarray(HEADER_BYTES, names),
    names: bytes.subarray(names, texts),
    texts: bytes.subarray(texts, texts + sizes.texts),
  };
}

function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length)
    .toString('latin1')
    .replace(/\0+$/, '');
}
