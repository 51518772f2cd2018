import { createHash } from 'node:crypto';

/** Ending of every file that heaptide writes for readers. */
export const FILE_EXTENSION = '.json';

/** Longest name without extension, in UTF-8 bytes: below every file system's 255, with room for suffixes. */
const LONGEST_NAME_BYTES = 120;
const HASH_LENGTH = 8;
// Device names of Windows: a file of that name, with any extension, cannot be created there.
const DEVICE_NAME = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])$/i;
/** As a text: V8 would check a literal, for which it needs 0.1 MB of tables, when it loads the script. */
const NOT_ALLOWED = '[^\\p{L}\\p{M}\\p{N}.-]+';
const PRINTABLE_ASCII = /^[ -~]*$/;

/**
 * Turns the name of an endpoint into the name of a file, without extension.
 *
 * Letters, digits, `-` and inner dots stay, in any script; every run of other characters becomes one `_`. The name
 * never begins with `_` or `.`, which belong to heaptide's own files, is never a Windows device name, and has at most
 * 120 bytes: longer names are cut and end in a hash. Two endpoints can have the same sanitized name; the profiler then
 * adds a hash to the second one's file.
 *
 * @example
 * sanitizeEndpointName('GET /orders/:id'); // 'GET_orders_id'
 */
export function sanitizeEndpointName(name: string): string {
  const clean = onlyAllowed(name)
    .replace(/_*\.+(?=[_.])|\.{2,}/gu, '_')
    .replace(/_{2,}/gu, '_')
    .replace(/^[_.]+|[_.]+$/gu, '');
  if (clean === '') return 'endpoint';
  const safe = DEVICE_NAME.test(clean.split('.', 1)[0] ?? '') ? `endpoint_${clean}` : clean;
  return Buffer.byteLength(safe) <= LONGEST_NAME_BYTES ? safe : hashedName(name, safe);
}

/** `name` with each run of characters that are not allowed replaced by `_`. */
function onlyAllowed(name: string): string {
  if (PRINTABLE_ASCII.test(name)) return name.replace(/[^A-Za-z0-9.-]+/g, '_');
  return name.normalize('NFC').replace(new RegExp(NOT_ALLOWED, 'gu'), '_');
}

/** A name that only `endpoint` has: `base`, cut where it is too long, and a hash of the endpoint's full name. */
export function hashedName(endpoint: string, base: string): string {
  const hash = createHash('sha256').update(endpoint).digest('hex').slice(0, HASH_LENGTH);
  let room = LONGEST_NAME_BYTES - HASH_LENGTH - 1;
  let kept = '';
  for (const character of base) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    kept += character;
  }
  return `${kept}-${hash}`;
}
