import { InvalidArgumentError } from 'commander';
import { MAX_ROWS } from '../analysis/profiles/memory-consumers.js';

/** Reads the value of an option that limits rows: a whole number in plain digits. */
export function parseRowCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= MAX_ROWS)) {
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${MAX_ROWS}.`);
  }
  return count;
}
