import type { FileHandle } from 'node:fs/promises';
import { type ByteRange, readChunks } from './chunks.js';

const LINE_FEED = 0x0a;

/**
 * The bytes of each line, without the line feed. A line is valid until the next one is asked for. From Node.js 24 on
 * `FileHandle.readLines` ends lines at U+2028 and U+2029 too, which may stand in the middle of a JSON text.
 */
export async function* readLines(handle: FileHandle, range?: ByteRange): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  for await (const chunk of readChunks(handle, range)) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const rest = chunk.subarray(start, end);
      yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
      begun = [];
      start = end + 1;
    }
    // A copy: the chunk's memory is used again.
    if (start < chunk.length) begun.push(Buffer.from(chunk.subarray(start)));
  }
  if (begun.length > 0) yield Buffer.concat(begun);
}
