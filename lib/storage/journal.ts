import type { EndpointEntry } from '../core/timeline.js';
import {
  HEADER,
  HEADER_BYTES,
  JOURNAL_SIZES,
  type JournalOwner,
  type JournalParts,
  type JournalSizes,
  journalBytes,
  LAYOUT_VERSION,
  MAGIC_TEXT,
  partsOf,
  RUN_BYTES,
} from './journal-layout.js';
import { TextLog } from './text-log.js';
import type { TextKind } from './text-log-layout.js';

const ASCII = new TextEncoder();

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

function writeHeader(memory: ArrayBuffer, owner: JournalOwner, sizes: JournalSizes): void {
  const view = new DataView(memory);
  const header = new Uint8Array(memory, 0, HEADER_BYTES);
  view.setUint32(HEADER.version, LAYOUT_VERSION, true);
  view.setUint32(HEADER.pid, owner.pid, true);
  view.setUint32(HEADER.thread, owner.thread, true);
  view.setUint32(HEADER.records, sizes.records, true);
  view.setUint32(HEADER.nameBytes, sizes.names, true);
  view.setUint32(HEADER.textBytes, sizes.texts, true);
  view.setFloat64(HEADER.started, owner.started, true);
  view.setUint32(HEADER.writer, owner.writer, true);
  header.set(ASCII.encode(owner.run).subarray(0, RUN_BYTES), HEADER.run);
  header.set(ASCII.encode(MAGIC_TEXT), HEADER.magic);
}
