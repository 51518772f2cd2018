import type { Batch } from './array-file.js';
import type { Journal } from './journal.js';
import { encodeExtras, encodeFigures, joinProfile, type RecordExtras } from './profile-encoding.js';
import { emptyReading, type RequestReading } from './record-layout.js';
import { RecordRing } from './record-ring.js';
import { toProfile } from './recorded-profile.js';

/** Records with a detailed capture or an error message that fit into memory, about 2 MB. */
const EXTRAS_CAPACITY = 512;

/** Records that are encoded at once: about 2 ms of the event loop. */
export const BATCH_RECORDS = 1000;

/** The records of a run that are not on disk yet: figures in the journal's ring, everything else beside it. */
export class RecordStore {
  readonly ring: RecordRing;
  readonly #run: string;
  readonly #journal: Journal;
  readonly #scratch: RequestReading = emptyReading();
  /** The end of the JSON object by sequence number, oldest first. */
  readonly #extras = new Map<number, string>();
  #written = 0;
  #droppedExtras = 0;

  constructor(run: string, journal: Journal) {
    this.#run = run;
    this.#journal = journal;
    this.ring = new RecordRing(journal.records);
  }

  /** Records in the files. */
  get written(): number {
    return this.#written;
  }

  /** Records that lost their detailed capture or error message, because too many were waiting. */
  get droppedExtras(): number {
    return this.#droppedExtras;
  }

  /** Whether so many records wait, or so much beside their figures, that it is time to write whatever there is. */
  get isHalfFull(): boolean {
    return this.ring.size * 2 >= this.ring.capacity || this.#extras.size * 2 >= EXTRAS_CAPACITY;
  }

  append(reading: Readonly<RequestReading>, extras?: RecordExtras): void {
    const sequence = this.ring.append(reading);
    if (extras !== undefined) this.#keep(sequence, encodeExtras(extras));
  }

  /** The oldest records of an endpoint, at most {@link BATCH_RECORDS}. */
  batchOf(endpoint: number): Batch | undefined {
    const sequences = this.ring.unflushed(endpoint, BATCH_RECORDS);
    if (sequences.length === 0) return undefined;
    const elements = sequences.map((sequence) => this.#encode(sequence));
    const onWritten = () => {
      this.#written += sequences.length;
      this.#forget(sequences);
    };
    return { elements, onWritten };
  }

  /** Throws away the records of an endpoint. */
  clear(endpoint: number): void {
    this.#forget(this.ring.unflushed(endpoint, this.ring.capacity));
  }

  #encode(sequence: number): string {
    this.ring.read(sequence, this.#scratch);
    const profile = toProfile(this.#scratch, { run: this.#run, sequence });
    return joinProfile(encodeFigures(profile), this.#extras.get(sequence));
  }

  #forget(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      this.ring.markFlushed(sequence);
      this.#extras.delete(sequence);
    }
  }

  #keep(sequence: number, extras: string): void {
    if (this.#extras.size >= EXTRAS_CAPACITY) {
      const [oldest = sequence] = this.#extras.keys();
      this.#extras.delete(oldest);
      this.#droppedExtras += 1;
    }
    this.#extras.set(sequence, extras);
    this.#journal.addText('extras', sequence, extras);
  }
}
