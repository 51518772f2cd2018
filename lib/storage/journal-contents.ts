import type { StackFrame } from '../core/profile.js';
import type { JournalOwner } from './journal-layout.js';
import { openJournal } from './journal-reading.js';
import {
  emptyReading,
  isUnflushedSlot,
  RECORD_BYTES,
  type RequestReading,
  readReading,
  sequenceAt,
} from './record-layout.js';
import type { TextKind } from './text-log-layout.js';
import { markIn, readTextLog } from './text-log-reading.js';
import { decodeEndpointName } from './timeline-decoding.js';

/** A record that was finished and is not known to be in a file. */
export interface PendingRecord {
  readonly sequence: number;
  readonly reading: RequestReading;
  /** The end of its JSON object, for a record with more than figures. */
  readonly extras: string | undefined;
}

/** What a run left in its journal, oldest first. */
export interface JournalContents {
  readonly owner: JournalOwner;
  readonly endpoints: ReadonlyMap<number, { readonly name: string; readonly handler?: StackFrame }>;
  readonly records: readonly PendingRecord[];
  /** Lines for `_timeline.json` and `_stacks.json`. */
  readonly timeline: readonly string[];
  readonly stacks: readonly string[];
}

/** What the bytes of a journal hold that is not known to be in a file; `undefined` when they are no journal. */
export function journalContents(bytes: Uint8Array): JournalContents | undefined {
  const journal = openJournal(bytes);
  if (journal === undefined) return undefined;
  const { owner, parts } = journal;
  const extras = new Map<number, string>();
  const lines = { timeline: [] as string[], stack: [] as string[] };
  for (const { kind, number, text } of readTextLog(parts.texts)) {
    if (kind === 'extras') extras.set(number, text);
    else if (isLine(kind) && number > markIn(parts.texts, kind)) lines[kind].push(text);
  }
  return {
    owner,
    endpoints: endpointsIn(parts.names),
    records: recordsIn(parts.records, extras),
    timeline: lines.timeline,
    stacks: lines.stack,
  };
}

function isLine(kind: TextKind): kind is 'timeline' | 'stack' {
  return kind === 'timeline' || kind === 'stack';
}

function endpointsIn(names: Uint8Array): JournalContents['endpoints'] {
  const endpoints = new Map<number, { name: string; handler?: StackFrame }>();
  for (const { number, text } of readTextLog(names)) {
    const decoded = decodeEndpointName(text);
    if (decoded !== undefined) endpoints.set(number, decoded);
  }
  return endpoints;
}

function recordsIn(memory: Uint8Array, extras: ReadonlyMap<number, string>): PendingRecord[] {
  const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
  const capacity = memory.byteLength / RECORD_BYTES;
  const records: PendingRecord[] = [];
  for (let at = 0; at < memory.byteLength; at += RECORD_BYTES) {
    if (!isUnflushedSlot(view, at)) continue;
    const sequence = sequenceAt(view, at, capacity);
    const reading = emptyReading();
    readReading(view, at, reading);
    records.push({ sequence, reading, extras: extras.get(sequence) });
  }
  return records.sort((a, b) => a.sequence - b.sequence);
}
