import {
  HEADER_BYTES,
  type JournalOwner,
  type JournalParts,
  journalBytes,
  LAYOUT_VERSION,
  MAGIC,
  MAGIC_TEXT,
  NAME_BYTES,
  PID,
  partsOf,
  RECORDS,
  RUN,
  RUN_BYTES,
  STARTED,
  TEXT_BYTES,
  THREAD,
  VERSION,
  WRITER,
} from './journal-layout.js';
import { TEXT_LOG_HEADER_BYTES } from './text-log-layout.js';

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

function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length)
    .toString('latin1')
    .replace(/\0+$/, '');
}
