/**
 * A copy of a text that is kept. V8 makes a part of a string, and what is put together of parts, refer to the whole: a
 * word of a URL would keep its query alive.
 */
export function ownCopy(text: string): string {
  return String(JSON.parse(JSON.stringify(text)));
}
