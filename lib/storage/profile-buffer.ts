import { monotonicMs } from '../core/clock.js';
import { outsideRequests } from '../core/outside-requests.js';
import type { StackFrame } from '../core/profile.js';
import type { StackEntry, TimelineEntry } from '../core/timeline.js';
import type { Journal } from './journal.js';
import { Outbox, type OutboxWitness } from './outbox.js';
import type { ProfileDirectory } from './profile-directory.js';
import type { RecordExtras } from './profile-encoding.js';
import type { RequestReading } from './record-layout.js';
import type { RecordRing } from './record-ring.js';
import { BATCH_RECORDS, RecordStore } from './record-store.js';
import { RetryTimer } from './retry-timer.js';
import { encodeStack, encodeTimelineEntry } from './timeline-encoding.js';
import type { Evidence } from './writer-files.js';

/** Timeline entries and stacks that wait while the disk fails: ten minutes of ticks, about 1 MB. */
const EVIDENCE_CAPACITY = 600;

/**
 * Shortest time between two flushes of an endpoint whose buffer fills, in ms. Opening and closing a file costs as much
 * as encoding hundreds of records; the journal keeps them meanwhile.
 */
const MIN_FLUSH_GAP_MS = 1000;

/** What a buffer needs to know. The options of the same names are those of `EndpointProfiler`. */
export interface ProfileBufferOptions {
  readonly run: string;
  /** Several buffers can share a directory object; two objects of one directory would disturb each other. */
  readonly directory: ProfileDirectory;
  /** Name of the endpoint with that number. */
  readonly nameOf: (endpoint: number) => string;
  readonly bufferSize: number;
  readonly flushIntervalMs: number;
  /** Where records are kept until they are in their files. */
  readonly journal: Journal;
}

/** Counts since the buffer exists. */
export interface BufferStats {
  /** Records in the files. */
  readonly written: number;
  /** Records in memory. */
  readonly buffered: number;
  /** Records that were overwritten before they could be written. */
  readonly dropped: number;
  /** Records that lost their detailed capture or error message in the same way. */
  readonly droppedDetails: number;
  /** Timeline entries and stacks that were lost in the same way. */
  readonly droppedEntries: number;
  /** Attempts to write that failed. */
  readonly flushErrors: number;
  readonly bytesWritten: number;
}

/** A flush that is planned: of everything, of timeline and stacks, or of the endpoint with that number. */
type Task = 'all' | 'evidence' | number;

/**
 * Collects records in memory and writes them in batches. Appending never touches the disk; flushing does not block the
 * event loop, except in {@link ProfileBuffer.flushAllSync}. Flushing never throws: while the disk fails, records wait,
 * the oldest make room and are counted, and attempts are spaced out.
 */
export class ProfileBuffer {
  readonly #options: ProfileBufferOptions;
  readonly #ring: RecordRing;
  readonly #store: RecordStore;
  readonly #timeline: Outbox;
  readonly #stacks: Outbox;
  readonly #handlers = new Map<string, StackFrame>();
  /** Whether the journal knows the endpoint with that number. */
  readonly #named: boolean[] = [];
  /** Tasks that are planned, under way, or failed and left to the retry. */
  readonly #planned = new Set<Task>();
  readonly #retry = new RetryTimer(() => void this.flushAll());
  /** Monotonic ms of the last planned flush of the endpoint with that number. */
  readonly #flushedAt: number[] = [];
  #interval: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ProfileBufferOptions) {
    this.#options = options;
    const { journal } = options;
    this.#store = new RecordStore(options.run, journal);
    this.#ring = this.#store.ring;
    this.#timeline = new Outbox(EVIDENCE_CAPACITY, journaled(journal, 'timeline'));
    this.#stacks = new Outbox(EVIDENCE_CAPACITY, journaled(journal, 'stack'));
  }

  /** Whether everything is in the files. */
  get isEmpty(): boolean {
    return this.#ring.size + this.#timeline.size + this.#stacks.size === 0;
  }

  /** Number of records in memory. */
  get size(): number {
    return this.#ring.size;
  }

  /** Number of an endpoint's records in memory. */
  sizeOf(endpoint: string): number {
    return this.#idsOf(endpoint).reduce((sum, id) => sum + this.#ring.pendingOf(id), 0);
  }

  get stats(): BufferStats {
    const { directory } = this.#options;
    return {
      written: this.#store.written,
      buffered: this.#ring.size,
      dropped: this.#ring.dropped,
      droppedDetails: this.#store.droppedExtras,
      droppedEntries: this.#timeline.dropped + this.#stacks.dropped,
      flushErrors: directory.flushErrors,
      bytesWritten: directory.bytesWritten,
    };
  }

  /** How often timeline entries or stacks were lost: their file was deleted, or could not be written for long. */
  get losses(): Readonly<Record<Evidence, number>> {
    const { timeline, stacks } = this.#options.directory.losses;
    return { timeline, stacks: stacks + this.#stacks.dropped };
  }

  /** Flushes every `flushIntervalMs` from now on. The timer does not keep the process alive. Idempotent. */
  start(): void {
    this.#interval ??= setInterval(
      () => void this.flushAll(),
      this.#options.flushIntervalMs,
    ).unref();
  }

  /** Ends the flushes that nobody asks for, those that are planned too. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#interval);
    this.#interval = undefined;
    this.#retry.stop();
  }

  /** Takes a copy of `reading`; `extras` is kept until it is written. The hot path: no allocation without `extras`. */
  append(reading: Readonly<RequestReading>, extras?: RecordExtras): void {
    if (this.#named[reading.endpoint] !== true) this.#addName(reading.endpoint);
    this.#store.append(reading, extras);
    // A memory that fills does not wait for the gap between two flushes of an endpoint.
    if (this.#store.isHalfFull) this.#plan('all');
    else if (this.#ring.pendingOf(reading.endpoint) >= this.#options.bufferSize) {
      this.#plan(reading.endpoint);
    }
  }

  /** Writes an entry soon: the timeline is the evidence. */
  appendTimeline(entry: TimelineEntry): void {
    this.#timeline.push(encodeTimelineEntry(entry));
    this.#plan('evidence');
  }

  /** Writes a stack soon, and before the timeline entries that refer to it. */
  appendStack(entry: StackEntry): void {
    this.#stacks.push(encodeStack(entry));
    this.#plan('evidence');
  }

  /** Notes the function that serves an endpoint. */
  registerEndpoint(endpoint: string, handler?: StackFrame): void {
    if (handler !== undefined) this.#handlers.set(endpoint, handler);
    this.#options.directory.registerEndpoint(endpoint, handler);
  }

  /** Writes everything. Never rejects: what could not be written stays in memory. */
  async flushAll(): Promise<void> {
    let isWritten = await this.#flushEvidence();
    for (const id of this.#ring.pendingEndpoints()) {
      isWritten = (await this.#flushRecords(id)) && isWritten;
    }
    if (isWritten) {
      this.#planned.clear();
      this.#retry.succeeded();
    } else {
      this.#retry.failed();
    }
  }

  /** Writes the records of one endpoint. Never rejects. */
  async flushEndpoint(endpoint: string): Promise<void> {
    for (const id of this.#idsOf(endpoint)) {
      if (!(await this.#flushRecords(id))) this.#retry.failed();
    }
  }

  /** Writes everything before it returns: for the `exit` event. Never throws. */
  flushAllSync(): void {
    const { directory, nameOf } = this.#options;
    if (this.#stacks.size > 0) directory.writeSync('stacks', this.#stacks.source);
    if (this.#timeline.size > 0) directory.writeSync('timeline', this.#timeline.source);
    for (const id of this.#ring.pendingEndpoints()) {
      let isWritten = true;
      while (isWritten && this.#ring.pendingOf(id) > 0) {
        const target = { endpoint: nameOf(id) };
        isWritten = directory.writeSync(target, () => this.#store.batchOf(id));
      }
    }
  }

  /** Throws away the records in memory, of one endpoint or of all. They do not count as dropped. */
  clearAll(endpoint?: string): void {
    const ids = endpoint === undefined ? this.#ring.pendingEndpoints() : this.#idsOf(endpoint);
    for (const id of ids) this.#store.clear(id);
  }

  /** Runs a task soon, not in the current turn of the event loop. One that fails waits for the retry. */
  #plan(task: Task): void {
    if (this.#isStopped || this.#planned.has(task)) return;
    this.#planned.add(task);
    const run = async () => {
      // What a run could not write is its journal's, and may be under recovery.
      if (this.#isStopped) return;
      if (typeof task === 'number') this.#flushedAt[task] = monotonicMs();
      if (task === 'all') await this.flushAll();
      else if (await this.#flush(task)) this.#planned.delete(task);
      else this.#retry.failed();
    };
    const wait = typeof task === 'number' ? this.#gapLeft(task) : 0;
    outsideRequests(() => {
      if (wait > 0) setTimeout(run, wait).unref();
      else setImmediate(run);
    });
  }

  /** Time until the endpoint may be flushed again because its buffer is full, in ms. */
  #gapLeft(id: number): number {
    const flushedAt = this.#flushedAt[id] ?? Number.NEGATIVE_INFINITY;
    return flushedAt + MIN_FLUSH_GAP_MS - monotonicMs();
  }

  #flush(task: 'evidence' | number): Promise<boolean> {
    return task === 'evidence' ? this.#flushEvidence() : this.#flushRecords(task);
  }

  /** Until nothing waits: entries that come during a write do not plan a task of their own. */
  async #flushEvidence(): Promise<boolean> {
    const { directory } = this.#options;
    let isWritten = true;
    while (isWritten && this.#stacks.size + this.#timeline.size > 0) {
      isWritten =
        (this.#stacks.size === 0 || (await directory.write('stacks', this.#stacks.source))) &&
        (await directory.write('timeline', this.#timeline.source));
    }
    return isWritten;
  }

  /** What is pending now, in batches; not what comes meanwhile, or a busy endpoint would keep the others waiting. */
  async #flushRecords(id: number): Promise<boolean> {
    const { directory, nameOf } = this.#options;
    let isWritten = true;
    for (let left = this.#ring.pendingOf(id); isWritten && left > 0; left -= BATCH_RECORDS) {
      const target = { endpoint: nameOf(id) };
      isWritten = await directory.write(target, () => this.#store.batchOf(id));
    }
    return isWritten;
  }

  #addName(id: number): void {
    const endpoint = this.#options.nameOf(id);
    const handler = this.#handlers.get(endpoint);
    this.#options.journal.addName(id, { endpoint, ...(handler && { handler }) });
    this.#named[id] = true;
  }

  #idsOf(endpoint: string): number[] {
    return this.#ring.pendingEndpoints().filter((id) => this.#options.nameOf(id) === endpoint);
  }
}

/** Keeps the lines of an outbox in the journal until they are written. */
function journaled(journal: Journal, kind: 'timeline' | 'stack'): OutboxWitness {
  return {
    onPush: (number, line) => journal.addText(kind, number, line),
    onLeave: (number) => journal.markWritten(kind, number),
  };
}
