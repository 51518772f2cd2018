import type { FloorPoint } from '../../../../lib/analysis/floor-point.js';

/** Bytes that a healthy process holds. */
export const BASE_BYTES = 20_000_000;

/** Repeatable noise, uniform in [-1, 1]. */
export function noise(seed: number): (index: number) => number {
  return (index) => {
    let mixed = Math.imul((index + 1) ^ (seed * 0x9e3779b1), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
    return ((mixed >>> 0) / 2 ** 32) * 2 - 1;
  };
}

/** Floors of a run: one every 100 requests and every second, with 4 KB of noise on the heap. */
export function floors(options: {
  readonly count: number;
  /** Bytes of heap above {@link BASE_BYTES} at a request. */
  readonly heap?: (request: number) => number;
  readonly external?: (request: number) => number;
  readonly native?: (request: number) => number;
  readonly inFlight?: (request: number) => number;
  readonly step?: number;
  readonly seed?: number;
}): FloorPoint[] {
  const { count, step = 100, seed = 1 } = options;
  const jitter = noise(seed);
  return Array.from({ length: count }, (_, index) => {
    const request = (index + 1) * step;
    return {
      request,
      timestamp: 1_790_000_000_000 + 1_000 * index,
      heap: BASE_BYTES + 4_096 * jitter(index) + (options.heap?.(request) ?? 0),
      external: 1_000_000 + (options.external?.(request) ?? 0),
      native: 30_000_000 + (options.native?.(request) ?? 0),
      inFlight: options.inFlight?.(request) ?? 4,
    };
  });
}
