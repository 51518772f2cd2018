import { Endpoint } from './endpoint.js';
import type { RecordRate } from './record-allowance.js';

/** Name shared by all endpoints beyond the limit. */
export const OVERFLOW_ENDPOINT = '(other)';

/** The endpoints of a run, by name and by number. Bounded: names beyond the limit share one endpoint. */
export class EndpointTable {
  readonly #byName = new Map<string, Endpoint>();
  readonly #byId: Endpoint[] = [];
  readonly #limit: number;
  readonly #rate: RecordRate;
  #overflow: Endpoint | undefined;

  constructor(limit: number, rate: RecordRate) {
    this.#limit = limit;
    this.#rate = rate;
  }

  /** The endpoint of that name, made on first use. */
  get(name: string): Endpoint {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    if (this.#byName.size < this.#limit) {
      const endpoint = this.#add(name);
      this.#byName.set(name, endpoint);
      return endpoint;
    }
    this.#overflow ??= this.#add(OVERFLOW_ENDPOINT);
    return this.#overflow;
  }

  /** The endpoint's name; the overflow's for an unknown number. */
  nameOf(id: number): string {
    return this.#byId[id]?.name ?? OVERFLOW_ENDPOINT;
  }

  get size(): number {
    return this.#byId.length;
  }

  [Symbol.iterator](): IterableIterator<Endpoint> {
    return this.#byId.values();
  }

  #add(name: string): Endpoint {
    const endpoint = new Endpoint(this.#byId.length, name, this.#rate);
    this.#byId.push(endpoint);
    return endpoint;
  }
}
