/** Bytes in one megabyte (MB = 2^20 bytes, as in the reference). Every `Mb` field and `_mb` key uses it. */
export const BYTES_PER_MB = 1024 * 1024;

/** Bytes in one gigabyte (GB = 2^30 bytes). */
export const BYTES_PER_GB = 1024 * BYTES_PER_MB;

/** Bytes in one kilobyte (KB = 2^10 bytes). */
export const BYTES_PER_KB = 1024;

/** Milliseconds in one hour. */
export const MS_PER_HOUR = 3_600_000;

/** Converts bytes to MB (2^20 bytes). Exact: the quotient is a power-of-two scaling. */
export function bytesToMb(bytes: number): number {
  return bytes / BYTES_PER_MB;
}

/** Converts MB (2^20 bytes) to bytes. */
export function mbToBytes(mb: number): number {
  return mb * BYTES_PER_MB;
}
