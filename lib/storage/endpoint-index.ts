import type { StackFrame } from '../core/profile.js';
import { isSameFrame } from '../core/stack-frame.js';
import type { EndpointEntry } from '../core/timeline.js';
import { fileNameOf } from './directory-files.js';
import { hashedName, sanitizeEndpointName } from './file-names.js';
import type { Outbox } from './outbox.js';
import { encodeEndpoint } from './timeline-encoding.js';

/** What an index starts from. */
export interface EndpointIndexOptions {
  /** The entries on disk, oldest first. */
  readonly entries: Iterable<EndpointEntry>;
  /** The functions that serve endpoints; it may change. */
  readonly handlers: ReadonlyMap<string, StackFrame>;
  /** Number of the writer, which is part of the files' names. */
  readonly writer: number;
  /** Where new and changed entries go. */
  readonly outbox: Outbox;
}

/**
 * Which file belongs to which endpoint. An endpoint keeps the file that an earlier run gave it. New and changed entries
 * go to the outbox when the endpoint has something to write, so that unused endpoints leave no trace.
 */
export class EndpointIndex {
  readonly #outbox: Outbox;
  readonly #known = new Map<string, EndpointEntry>();
  /** Endpoints by file name in lower case: some file systems do not tell case apart. */
  readonly #owners = new Map<string, string>();
  readonly #handlers: ReadonlyMap<string, StackFrame>;
  readonly #writer: number;
  readonly #used = new Set<string>();

  constructor({ entries, handlers, writer, outbox }: EndpointIndexOptions) {
    this.#handlers = handlers;
    this.#writer = writer;
    this.#outbox = outbox;
    for (const entry of entries) {
      this.#known.set(entry.endpoint, entry);
      this.#owners.set(entry.file.toLowerCase(), entry.endpoint);
    }
  }

  /** The function that serves an endpoint may be another one now. */
  update(endpoint: string): void {
    if (this.#used.has(endpoint)) this.#announce(endpoint);
  }

  /** Name of the endpoint's file. */
  fileOf(endpoint: string): string {
    if (!this.#used.has(endpoint)) {
      this.#used.add(endpoint);
      this.#announce(endpoint);
    }
    return this.#fileName(endpoint);
  }

  /** Sends all entries in use again, after the directory was lost. */
  announceAll(): void {
    for (const endpoint of this.#used) {
      const entry = this.#known.get(endpoint);
      if (entry !== undefined) this.#outbox.push(encodeEndpoint(entry));
    }
  }

  #announce(endpoint: string): void {
    const known = this.#known.get(endpoint);
    const handler = this.#handlers.get(endpoint) ?? known?.handler;
    if (known !== undefined && isSameFrame(known.handler, handler)) return;
    const entry = { endpoint, file: this.#fileName(endpoint), ...(handler && { handler }) };
    this.#known.set(endpoint, entry);
    this.#outbox.push(encodeEndpoint(entry));
  }

  #fileName(endpoint: string): string {
    const known = this.#known.get(endpoint);
    if (known !== undefined) return known.file;
    const base = sanitizeEndpointName(endpoint);
    const plain = fileNameOf(base, this.#writer);
    const isFree = !this.#owners.has(plain.toLowerCase());
    const file = isFree ? plain : fileNameOf(hashedName(endpoint, base), this.#writer);
    this.#owners.set(file.toLowerCase(), endpoint);
    return file;
  }
}
