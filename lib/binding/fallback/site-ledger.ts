import { SITE, SITE_COLUMNS } from '../contract.js';

/** Live memory of one stack, as far as samples tell. */
export interface LiveEstimate {
  readonly bytes: number;
  readonly samples: number;
  /** Of `bytes`, in bytes squared. */
  readonly variance: number;
}

const NOTHING: LiveEstimate = { bytes: 0, samples: 0, variance: 0 };

/** Live memory by stack, of the last reading and of the baseline of growth. */
export class SiteLedger {
  #current = new Map<number, LiveEstimate>();
  #baseline: ReadonlyMap<number, LiveEstimate> = new Map();
  #totalBytes = 0;
  #selfBytes = 0;

  get totalBytes(): number {
    return this.#totalBytes;
  }

  get selfBytes(): number {
    return this.#selfBytes;
  }

  beginReading(): void {
    this.#current = new Map();
    this.#totalBytes = 0;
    this.#selfBytes = 0;
  }

  add(stack: number, live: LiveEstimate): void {
    const { bytes, samples, variance } = this.#current.get(stack) ?? NOTHING;
    this.#current.set(stack, {
      bytes: bytes + live.bytes,
      samples: samples + live.samples,
      variance: variance + live.variance,
    });
    this.#totalBytes += live.bytes;
  }

  addSelf(live: LiveEstimate): void {
    this.#selfBytes += live.bytes;
    this.#totalBytes += live.bytes;
  }

  /** Makes the last reading the baseline. */
  markBaseline(): void {
    this.#baseline = this.#current;
  }

  /** Forgets both: figures of another sampling session do not compare. */
  reset(): void {
    this.beginReading();
    this.#baseline = new Map();
  }

  /** Rows of the `limit` stacks with the most live bytes and the `limit` that grew most, each once, by live bytes. */
  topRows(limit: number): Float64Array {
    const stacks = [...this.#current.keys()];
    const byBytes = stacks.toSorted((a, b) => this.#bytes(b) - this.#bytes(a));
    const byGrowth = stacks
      .filter((stack) => this.#growth(stack) > 0)
      .sort((a, b) => this.#growth(b) - this.#growth(a));
    const chosen = new Set([...byBytes.slice(0, limit), ...byGrowth.slice(0, limit)]);
    const rows = new Float64Array(chosen.size * SITE_COLUMNS.length);
    byBytes
      .filter((stack) => chosen.has(stack))
      .forEach((stack, index) => {
        this.#writeRow(stack, rows.subarray(index * SITE_COLUMNS.length));
      });
    return rows;
  }

  #writeRow(stack: number, row: Float64Array): void {
    const live = this.#current.get(stack) ?? NOTHING;
    const before = this.#baseline.get(stack) ?? NOTHING;
    row[SITE.stack] = stack;
    row[SITE.liveBytes] = live.bytes;
    // The inspector tells bytes only.
    row[SITE.liveCount] = 0;
    row[SITE.samples] = live.samples;
    row[SITE.variance] = live.variance;
    row[SITE.growthBytes] = live.bytes - before.bytes;
    row[SITE.growthSamples] = live.samples - before.samples;
  }

  #bytes(stack: number): number {
    return this.#current.get(stack)?.bytes ?? 0;
  }

  #growth(stack: number): number {
    return this.#bytes(stack) - (this.#baseline.get(stack)?.bytes ?? 0);
  }
}
