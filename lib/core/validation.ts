import { constants } from 'node:os';
import { inspect } from 'node:util';

/** A `TypeError` with Node's own code, so that existing handlers work. */
export function invalidArgType(name: string, expected: string, received: unknown): TypeError {
  return Object.assign(
    new TypeError(`Expected ${expected} for "${name}" but received ${describe(received)}`),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );
}

/** A `RangeError` with Node's own code. */
export function outOfRange(name: string, range: string, received: unknown): RangeError {
  return Object.assign(
    new RangeError(`Expected ${range} for "${name}" but received ${describe(received)}`),
    { code: 'ERR_OUT_OF_RANGE' },
  );
}

/** Checks that `value` is a number in `[min, max]`, and a whole one when `integer` is set. */
export function validateNumber(
  name: string,
  value: unknown,
  range: { readonly min: number; readonly max: number; readonly integer?: boolean },
): number {
  const kind = range.integer === true ? 'an integer' : 'a number';
  const expected = `${kind} from ${range.min} to ${range.max}`;
  if (typeof value !== 'number') throw invalidArgType(name, expected, value);
  const whole = range.integer !== true || Number.isInteger(value);
  if (!whole || !(value >= range.min && value <= range.max)) {
    throw outOfRange(name, expected, value);
  }
  return value;
}

/** Checks that `value` is a boolean. */
export function validateBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'a boolean', value);
  return value;
}

/** Checks that `value` is a string with at least one character and no NUL byte. */
export function validateString(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidArgType(name, 'a non-empty string', value);
  if (value.length === 0 || value.includes('\0')) {
    throw outOfRange(name, 'a non-empty string without NUL', value);
  }
  return value;
}

/** Checks that `value` is one of some strings. */
export function validateChoice<T extends string>(
  name: string,
  value: unknown,
  choices: readonly T[],
): T {
  const expected = `one of ${choices.join(', ')}`;
  if (typeof value !== 'string') throw invalidArgType(name, expected, value);
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw outOfRange(name, expected, value);
  return choice;
}

/** Checks that `value` is the name of a signal of this system, or `none`. */
export function validateSignal(name: string, value: unknown): string {
  const signal = validateString(name, value);
  if (signal !== 'none' && !Object.hasOwn(constants.signals, signal)) {
    throw outOfRange(name, 'the name of a signal, or none', value);
  }
  return signal;
}

/** Checks that `value` is a plain options object. */
export function validateObject(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidArgType(name, 'an object', value);
  }
  return value as Readonly<Record<string, unknown>>;
}

function describe(value: unknown): string {
  const shown = inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
  const short = shown.length > 80 ? `${shown.slice(0, 80)}...` : shown;
  return value === null || value === undefined ? short : `${short} (type ${typeof value})`;
}
