const INITIAL_CAPACITY = 16;

/** Range and exact quantiles of a series. All zero for an empty one. */
export interface Distribution {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
}

/** Numbers in a buffer that doubles: 8 bytes each, so that exact quantiles of a million readings cost 8 MB. */
export class NumberSeries {
  #values = new Float64Array(INITIAL_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  describe(): Distribution {
    const sorted = this.#values.slice(0, this.#length).sort();
    const sum = sorted.reduce((total, value) => total + value, 0);
    return {
      min: quantile(sorted, 0),
      max: quantile(sorted, 1),
      mean: sum / Math.max(1, sorted.length),
      median: quantile(sorted, 0.5),
      p90: quantile(sorted, 0.9),
      p99: quantile(sorted, 0.99),
    };
  }
}

/** The value at `share` of a sorted array, interpolated linearly between neighbors. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 0;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
