import { studentUpperTail } from './t-distribution.js';

/** A straight line fitted to pairs, with its tests. */
export interface LineFit {
  readonly slope: number;
  /** Share of the variance of y that the line explains, 0 to 1; 0 when y does not vary. */
  readonly rSquared: number;
  /** Two-sided p-value of the slope, from the t distribution; 1 when there are fewer than three pairs. */
  readonly pValue: number;
}

/**
 * Simple linear regression of pairs that arrive one by one, in constant memory.
 *
 * Keeps means and centered sums, updated as Welford does, so that millions of large values lose no precision to
 * cancellation.
 */
export class RunningRegression {
  #count = 0;
  #meanX = 0;
  #meanY = 0;
  #sumXX = 0;
  #sumXY = 0;
  #sumYY = 0;

  /** Both values are finite. */
  add(x: number, y: number): void {
    this.#count += 1;
    const deltaX = x - this.#meanX;
    const deltaY = y - this.#meanY;
    this.#meanX += deltaX / this.#count;
    this.#meanY += deltaY / this.#count;
    this.#sumXX += deltaX * (x - this.#meanX);
    this.#sumXY += deltaX * (y - this.#meanY);
    this.#sumYY += deltaY * (y - this.#meanY);
  }

  get count(): number {
    return this.#count;
  }

  /** Mean of y; 0 before the first pair. */
  get mean(): number {
    return this.#meanY;
  }

  /** Sample standard deviation of y; 0 for fewer than two pairs. */
  get deviation(): number {
    return this.#count > 1 ? Math.sqrt(this.#sumYY / (this.#count - 1)) : 0;
  }

  /** The line through the pairs so far. */
  fit(): LineFit {
    if (!(this.#sumXX > 0)) return { slope: 0, rSquared: 0, pValue: 1 };
    const slope = this.#sumXY / this.#sumXX;
    if (!(this.#sumYY > 0)) return { slope, rSquared: 0, pValue: 1 };
    const rSquared = Math.min(1, (slope * this.#sumXY) / this.#sumYY);
    return { slope, rSquared, pValue: slopeP(rSquared, this.#count - 2) };
  }
}

/** The t statistic of a simple regression's slope depends on R^2 and the degrees of freedom alone. */
function slopeP(rSquared: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom < 1) return 1;
  const t = Math.sqrt((rSquared * degreesOfFreedom) / (1 - rSquared));
  return 2 * studentUpperTail(t, degreesOfFreedom);
}
