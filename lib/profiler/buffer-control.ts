import type { ProfileBuffer } from '../storage/profile-buffer.js';

/** Control over the records that wait in memory. Before the first start there are none, and every call does nothing. */
export class BufferControl {
  readonly #current: () => ProfileBuffer | undefined;

  constructor(current: () => ProfileBuffer | undefined) {
    this.#current = current;
  }

  /** Records waiting. */
  get size(): number {
    return this.#current()?.size ?? 0;
  }

  /** Records of one endpoint waiting. */
  sizeOf(endpoint: string): number {
    return this.#current()?.sizeOf(endpoint) ?? 0;
  }

  /** Writes what is waiting. Never rejects: a failure is counted in `getStats().storage` and said once. */
  async flushAll(): Promise<void> {
    await this.#current()?.flushAll();
  }

  /** Writes what is waiting of one endpoint. */
  async flushEndpoint(endpoint: string): Promise<void> {
    await this.#current()?.flushEndpoint(endpoint);
  }

  /** Discards what is waiting, of one endpoint or of all. */
  clearAll(endpoint?: string): void {
    this.#current()?.clearAll(endpoint);
  }
}
