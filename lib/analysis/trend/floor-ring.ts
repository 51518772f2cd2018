import type { FloorPoint } from '../floor-point.js';

/**
 * Floors that a look reads at most. The pairwise statistics are quadratic: 256 floors cost a few ms per look, and 16
 * already decide as well as 130 on recorded series.
 */
export const RING_CAPACITY = 256;

/**
 * The floors of a run in bounded memory.
 *
 * When full, every second floor of the older half is dropped: the recent past stays dense, the distant past gets
 * sparser each time, and the first floor is kept for ever.
 */
export class FloorRing {
  #points: FloorPoint[] = [];

  add(point: FloorPoint): void {
    if (this.#points.length === RING_CAPACITY) {
      this.#points = this.#points.filter(
        (_, index) => index >= RING_CAPACITY / 2 || index % 2 === 0,
      );
    }
    this.#points.push(point);
  }

  get points(): readonly FloorPoint[] {
    return this.#points;
  }
}

/** What a ring would hold of a series. */
export function thinned(points: readonly FloorPoint[]): readonly FloorPoint[] {
  const ring = new FloorRing();
  for (const point of points) ring.add(point);
  return ring.points;
}
