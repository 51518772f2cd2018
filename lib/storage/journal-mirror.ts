import { writeFullySync } from './chunks.js';
import type { JournalParts } from './journal-layout.js';
import { TEXT_LOG_HEADER_BYTES } from './text-log-layout.js';
import { appendedSince, headIn } from './text-log-reading.js';

/** What is compared and written as one: the unit in which the kernel copies, so that no record is ever half there. */
const PAGE_BYTES = 4096;
/** Bytes in front of the log's header that say where its head is. */
const HEAD_BYTES = 8;

/**
 * Writes what changes in a journal's memory to its file. A process that dies between two writes leaves the older state
 * of a part, never a mixture: what a record says in words is there before the record is, and the head of a log moves
 * when its entries are there.
 */
export class JournalMirror {
  readonly #fd: number;
  readonly #records: Buffer;
  /** The records as the file has them. */
  readonly #written: Buffer;
  readonly #logs: readonly LogMirror[];

  /** Writes the whole journal, which gives the file its room on the device: later writes need no more. */
  constructor(fd: number, { records, names, texts }: JournalParts) {
    writeFullySync(fd, Buffer.from(records.buffer), 0);
    this.#fd = fd;
    this.#records = viewOf(records);
    this.#written = Buffer.from(records);
    this.#logs = [new LogMirror(fd, names), new LogMirror(fd, texts)];
  }

  /** Writes what has changed since the last call. Throws errors of the file system; the next call repeats. */
  write(): void {
    for (const log of this.#logs) log.write();
    if (this.#records.equals(this.#written)) return;
    for (let start = 0; start < this.#records.length; start += PAGE_BYTES) {
      const page = this.#records.subarray(start, start + PAGE_BYTES);
      const written = this.#written.subarray(start, start + PAGE_BYTES);
      if (page.equals(written)) continue;
      put(this.#fd, page);
      page.copy(written);
    }
  }
}

class LogMirror {
  readonly #fd: number;
  readonly #log: Buffer;
  /** The log's header as the file has it. */
  readonly #header: Buffer;

  constructor(fd: number, log: Uint8Array) {
    this.#fd = fd;
    this.#log = viewOf(log);
    this.#header = Buffer.from(this.#log.subarray(0, TEXT_LOG_HEADER_BYTES));
  }

  write(): void {
    const header = this.#log.subarray(0, TEXT_LOG_HEADER_BYTES);
    if (header.equals(this.#header)) return;
    // Everything but the head: what is about to be overwritten is dropped before.
    this.#put(HEAD_BYTES, TEXT_LOG_HEADER_BYTES);
    for (const { start, end } of appendedSince(this.#log, headIn(this.#header))) {
      this.#put(start, end);
    }
    this.#put(0, HEAD_BYTES);
    header.copy(this.#header);
  }

  #put(start: number, end: number): void {
    put(this.#fd, this.#log.subarray(start, end));
  }
}

/** Writes a part of the journal's memory to its place in the file. */
function put(fd: number, part: Buffer): void {
  writeFullySync(fd, part, part.byteOffset);
}

function viewOf(part: Uint8Array): Buffer {
  return Buffer.from(part.buffer, part.byteOffset, part.byteLength);
}
