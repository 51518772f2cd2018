import {
  HEADER,
  HEADER_BYTES,
  type JournalOwner,
  type JournalParts,
  journalBytes,
  LAYOUT_VERSION,
  MAGIC_TEXT,
  partsOf,
  RUN_BYTES,
} from './journal-layout.js';
import { TEXT_LOG_HEADER_BYTES } from './text-log-layout.js';

/** The parts of a journal's bytes and its owner; `undefined` when they are no journal of this version. */
export function openJournal(
  bytes: Uint8Array,
): { readonly owner: JournalOwner; readonly parts: JournalParts } | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isOurs = asciiAt(bytes, HEADER.magic, MAGIC_TEXT.length) === MAGIC_TEXT;
  if (!isOurs || view.getUint32(HEADER.version, true) !== LAYOUT_VERSION) return undefined;
  const sizes = {
    records: view.getUint32(HEADER.records, true),
    names: view.getUint32(HEADER.nameBytes, true),
    texts: view.getUint32(HEADER.textBytes, true),
  };
  const fits =
    journalBytes(sizes) <= bytes.byteLength &&
    Math.min(sizes.names, sizes.texts) >= TEXT_LOG_HEADER_BYTES;
  const run = asciiAt(bytes, HEADER.run, RUN_BYTES);
  if (!fits || !/^[a-z0-9]+$/i.test(run)) return undefined;
  const owner = {
    run,
    pid: view.getUint32(HEADER.pid, true),
    thread: view.getUint32(HEADER.thread, true),
    started: view.getFloat64(HEADER.started, true),
    writer: view.getUint32(HEADER.writer, true),
  };
  return { owner, parts: partsOf(bytes, sizes) };
}

function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length)
    .toString('latin1')
    .replace(/\0+$/, '');
}
