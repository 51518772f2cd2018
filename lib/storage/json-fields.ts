/** A JSON object of unknown content. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** A decoded value, or why there is none. */
export type Decoded<T> = { readonly value: T } | { readonly problem: string };

/** Names the field that made a record unusable. Never leaves {@link decoding}. */
class FieldProblem extends Error {}

/** Runs `decode` on a JSON object; a field that does not fit becomes the result's `problem`. */
export function decoding<T>(value: unknown, decode: (record: JsonRecord) => T): Decoded<T> {
  try {
    return { value: decode(asRecord(value, 'record')) };
  } catch (error) {
    if (error instanceof FieldProblem) return { problem: error.message };
    throw error;
  }
}

/** Whether the record has the optional field `key`. */
export function has(record: JsonRecord, key: string): boolean {
  return record[key] !== undefined;
}

/** A finite number. */
export function finite(record: JsonRecord, key: string): number {
  const value = record[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw problem(key, 'a finite number');
  return value;
}

/** A finite number that is not negative. */
export function amount(record: JsonRecord, key: string): number {
  const value = finite(record, key);
  if (value < 0) throw problem(key, 'a number of at least 0');
  return value;
}

/** A whole number that is not negative. */
export function count(record: JsonRecord, key: string): number {
  const value = record[key];
  if (!isCount(value)) throw problem(key, 'a whole number of at least 0');
  return value;
}

/** Two whole numbers that are not negative. */
export function countPair(record: JsonRecord, key: string): readonly [number, number] {
  const value = record[key];
  if (Array.isArray(value) && value.length === 2) {
    const [first, second]: readonly unknown[] = value;
    if (isCount(first) && isCount(second)) return [first, second];
  }
  throw problem(key, 'two whole numbers');
}

/** A string. */
export function text(record: JsonRecord, key: string): string {
  const value = record[key];
  if (typeof value !== 'string') throw problem(key, 'a string');
  return value;
}

/** One of `choices`. */
export function choice<T extends string>(
  record: JsonRecord,
  key: string,
  choices: readonly T[],
): T {
  const value = record[key];
  const chosen = choices.find((candidate) => candidate === value);
  if (chosen === undefined) throw problem(key, `one of ${choices.join(', ')}`);
  return chosen;
}

/** A boolean. */
export function flag(record: JsonRecord, key: string): boolean {
  const value = record[key];
  if (typeof value !== 'boolean') throw problem(key, 'true or false');
  return value;
}

/** A list whose items are decoded one by one. */
export function list<T>(
  record: JsonRecord,
  key: string,
  decode: (item: unknown) => T,
): readonly T[] {
  const value = record[key];
  if (!Array.isArray(value)) throw problem(key, 'a list');
  return value.map((item: unknown) => decode(item));
}

/** An object. */
export function object(record: JsonRecord, key: string): JsonRecord {
  return asRecord(record[key], key);
}

/** An object that maps names to numbers of at least 0. */
export function amounts(record: JsonRecord, key: string): Readonly<Record<string, number>> {
  const entries = object(record, key);
  // Object.fromEntries defines own properties, so that a key such as `__proto__` is data.
  return Object.fromEntries(Object.keys(entries).map((name) => [name, amount(entries, name)]));
}

/** `value` as an object; `name` is what the problem calls it. */
export function asRecord(value: unknown, name: string): JsonRecord {
  if (!isRecord(value)) throw problem(name, 'an object');
  return value;
}

/** `value` as a string; `name` is what the problem calls it. */
export function asText(value: unknown, name: string): string {
  if (typeof value !== 'string') throw problem(name, 'a string');
  return value;
}

/** `value` as a list of exactly `length` numbers of at least 0. */
export function asAmounts(value: unknown, name: string, length: number): readonly number[] {
  if (!Array.isArray(value) || value.length !== length) throw problem(name, `${length} numbers`);
  return value.map((item: unknown) => amount({ [name]: item }, name));
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isSafeInteger(value);
}

function problem(key: string, expected: string): FieldProblem {
  return new FieldProblem(`"${key}" is not ${expected}`);
}
