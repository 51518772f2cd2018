/**
 * Every error code of heaptide's own, with the message it carries. `docs/errors.md` has a heading for each, and a test
 * compares the two. Messages may change in a patch release; codes only in a major one.
 */
const MESSAGES = {
  ERR_HEAPTIDE_BINDING_NOT_FOUND: (detail: string) =>
    `No native build of heaptide fits this Node.js: ${detail}`,
  ERR_HEAPTIDE_SAMPLER_UNAVAILABLE: (detail: string) =>
    `V8's allocation sampler could not be started: ${detail}`,
  ERR_HEAPTIDE_INVALID_PROFILE_FILE: (detail: string) => `Not a heaptide profile file: ${detail}`,
  ERR_HEAPTIDE_OUTPUT_DIR: (detail: string) => `Profiles cannot be written: ${detail}`,
  ERR_HEAPTIDE_INTERNAL: (detail: string) =>
    `An internal invariant of heaptide failed, please open an issue: ${detail}`,
} as const;

/** The codes that a {@link HeapTideError} can carry. */
export type HeapTideErrorCode = keyof typeof MESSAGES;

/** All codes, for documentation and tests. */
export const ERROR_CODES = Object.keys(MESSAGES) as readonly HeapTideErrorCode[];

// Shared through the global symbol registry, so that an error of a second installed copy is recognized too.
const BRAND = Symbol.for('heaptide.error');

/** An error of heaptide. Branch on {@link HeapTideError.code}, never on the message. */
export class HeapTideError extends Error {
  readonly code: HeapTideErrorCode;

  constructor(code: HeapTideErrorCode, detail: string, options?: ErrorOptions) {
    super(MESSAGES[code](detail), options);
    this.code = code;
  }
}
Object.defineProperty(HeapTideError.prototype, 'name', { value: 'HeapTideError' });
Object.defineProperty(HeapTideError.prototype, BRAND, { value: true });

/** The code of an error of Node.js or of heaptide; `undefined` for everything else that is thrown. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** What an error says; anything else that is thrown as text. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether `value` is an error of heaptide, from this or another installed copy. */
export function isHeapTideError(value: unknown): value is HeapTideError {
  return value instanceof Error && BRAND in value;
}
