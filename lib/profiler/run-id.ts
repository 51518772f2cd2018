const LENGTH = 6;

/**
 * A new identifier of a run: six random characters in base 36, one of 2 * 10^9. Process ids repeat over restarts and
 * containers; it is stored twice in every record, so it is short. It is no secret, and so not worth loading OpenSSL.
 */
export function newRunId(): string {
  return Math.floor(Math.random() * 36 ** LENGTH)
    .toString(36)
    .padStart(LENGTH, '0');
}
