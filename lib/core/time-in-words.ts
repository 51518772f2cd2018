/** The largest time that a Date holds. */
const MAX_TIME_MS = 8.64e15;

const UNKNOWN = 'an unknown time';

/** Date and time to the second, in UTC without saying so; `an unknown time` for what is no time. */
export function formatTime(ms: number): string {
  return isTime(ms) ? new Date(ms).toISOString().slice(0, 19).replace('T', ' ') : UNKNOWN;
}

/** The same for a sentence: `2026-01-02 03:04:05 UTC`. */
export function formatUtc(ms: number): string {
  return isTime(ms) ? `${formatTime(ms)} UTC` : UNKNOWN;
}

/** Files that were damaged hold numbers that are none. */
function isTime(ms: number): boolean {
  return Math.abs(ms) <= MAX_TIME_MS;
}
