/**
 * The order statistics of numbers, without sorting them: a few are asked for of tens of thousands of slopes.
 *
 * Takes over the array and reorders it. The numbers are not NaN.
 */
export class OrderStatistics {
  readonly #values: Float64Array;

  constructor(values: Float64Array) {
    this.#values = values;
  }

  get size(): number {
    return this.#values.length;
  }

  /** The value that `rank` others precede in ascending order; `undefined` outside of them. O(n) on average. */
  at(rank: number): number | undefined {
    const values = this.#values;
    let left = 0;
    let right = values.length - 1;
    while (left < right) {
      const [low, high] = partition(values, left, right);
      if (rank <= low) right = low;
      else if (rank >= high) left = high;
      else break;
    }
    return values[rank];
  }
}

/**
 * Splits a range by its middle value, as Hoare does: everything up to the first index returned is not above it,
 * everything from the second on not below, and what is between equals it.
 */
function partition(values: Float64Array, left: number, right: number): readonly [number, number] {
  const pivot = values[(left + right) >> 1] ?? 0;
  let low = left;
  let high = right;
  while (low <= high) {
    while ((values[low] ?? pivot) < pivot) low++;
    while ((values[high] ?? pivot) > pivot) high--;
    if (low > high) break;
    const swapped = values[low] ?? pivot;
    values[low] = values[high] ?? pivot;
    values[high] = swapped;
    low++;
    high--;
  }
  return [high, low];
}
