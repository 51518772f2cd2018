import { median } from 'simple-statistics';
import { BYTES_PER_KB } from '../../core/units.js';
import { robustDeviation } from '../statistics/scatter.js';

// Second differences beyond this many robust deviations are spikes.
const SPIKE_DEVIATIONS = 4;

/** The series with single floors far above both neighbors lowered to the larger neighbor. */
export function withoutSpikes(bytes: readonly number[], spikeBytes: number): readonly number[] {
  const interior = bytes.slice(1, -1);
  const bends = interior.map(
    (value, index) => value - ((bytes[index] ?? value) + (bytes[index + 2] ?? value)) / 2,
  );
  // Of three values or fewer no scatter can be told.
  const scatter = bends.length > 3 ? robustDeviation(bends) : 0;
  const limit = Math.max(spikeBytes, SPIKE_DEVIATIONS * scatter);
  return bytes.map((value, index) => {
    const before = bytes[index - 1];
    const after = bytes[index + 1];
    if (before === undefined || after === undefined) return value;
    const neighbor = Math.max(before, after);
    return value > neighbor + limit ? neighbor : value;
  });
}

// V8 drops the bytecode of functions that survived a few major GCs unused: a single fall of 90 to 130 KB around the
// fifth or sixth GC, large beside the growth of a short series and lost in a long one.
const MAX_FLUSH_BYTES = 256 * BYTES_PER_KB;
const MAX_FLOORS_TO_MATTER = 30;
const MAX_FLUSH_POSITION = 0.7;
const FLUSH_DEVIATIONS = 4;
const MIN_SCATTER_BYTES = 4 * BYTES_PER_KB;

/** The series with the fall of flushed bytecode taken back, when it is short and has one. */
export function withoutBytecodeFlush(bytes: readonly number[]): readonly number[] {
  if (bytes.length < 2 || bytes.length > MAX_FLOORS_TO_MATTER) return bytes;
  const steps = bytes.slice(1).map((value, index) => value - (bytes[index] ?? value));
  const fall = Math.min(...steps);
  const position = steps.indexOf(fall);
  const typical = median(steps);
  const scatter = Math.max(MIN_SCATTER_BYTES, robustDeviation(steps));
  const isFlush =
    fall < 0 &&
    fall >= -MAX_FLUSH_BYTES &&
    typical - fall >= FLUSH_DEVIATIONS * scatter &&
    position <= MAX_FLUSH_POSITION * bytes.length;
  if (!isFlush) return bytes;
  const repair = Math.max(0, typical) - fall;
  return bytes.map((value, index) => (index > position ? value + repair : value));
}
