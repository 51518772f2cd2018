import type { LightweightProfile } from '../../core/profile.js';
import { mbToBytes } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';

/**
 * Floors of one run as far as its request records show them: a record that counts more major GCs than the record before
 * it carries the floor of the latest one. Code size and committed heap are not in a record, so code is not subtracted
 * and `native` is 0.
 */
export class RecordFloors {
  readonly #points: FloorPoint[] = [];
  #majorCount: number | undefined;

  add(profile: LightweightProfile, request: number): void {
    const majorCount = profile.gc[1];
    // The GCs before the first record ended at unknown requests.
    const isNew = this.#majorCount !== undefined && majorCount > this.#majorCount;
    this.#majorCount = Math.max(majorCount, this.#majorCount ?? 0);
    if (!isNew || profile.floorMb === 0) return;
    this.#points.push({
      request,
      timestamp: profile.timestamp,
      heap: mbToBytes(profile.floorMb),
      external: mbToBytes(profile.externalMb),
      native: 0,
      inFlight: profile.inFlight,
    });
  }

  get points(): readonly FloorPoint[] {
    return this.#points;
  }
}
