// Share of windows judged to leak in two looks that did leak, by the window's length in requests, over all recorded
// series; the rest are caches that were still filling. At 20,000 requests all 82 leaked, which by Laplace's rule of
// succession is 0.99. A service's own mix differs: the table says how much a short window is worth.
const MEASURED: readonly (readonly [requests: number, share: number])[] = [
  [200, 0.62],
  [500, 0.69],
  [1_000, 0.73],
  [2_000, 0.83],
  [5_000, 0.9],
  [10_000, 0.95],
  [20_000, 0.99],
];

/** Probability, 0 to 1, that growth seen over `requests` requests is a leak, interpolated in their logarithm. */
export function leakProbability(requests: number): number {
  const next = MEASURED.findIndex(([known]) => requests <= known);
  const [upper, upperShare] = MEASURED.at(next) ?? [1, 0];
  const [lower, lowerShare] = MEASURED[next - 1] ?? [upper, upperShare];
  if (next === -1) return upperShare;
  const position = upper > lower ? Math.log(requests / lower) / Math.log(upper / lower) : 0;
  return lowerShare + position * (upperShare - lowerShare);
}
