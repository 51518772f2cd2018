import { writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from '../../../lib/storage/lines.js';
import { temporaryDirectory } from './temporary-directory.js';

const CHUNK_BYTES = 64 * 1024;

async function linesOf(path: string, range?: { start: number; end: number }): Promise<string[]> {
  const handle = await open(path, 'r');
  const lines: string[] = [];
  for await (const bytes of readLines(handle, range)) lines.push(bytes.toString('latin1'));
  await handle.close();
  return lines;
}

test('lines end at line feeds and nowhere else, wherever pieces of the file end', async () => {
  const path = join(temporaryDirectory(), 'lines');
  const byte = fc.constantFrom(...'\n\n,\r\x85}'.split(''));
  const text = fc.oneof(
    fc.string({ unit: byte, maxLength: 40 }),
    // What is left of the first piece begins the second.
    fc.string({ unit: byte, maxLength: 40 }).map((end) => 'x'.repeat(CHUNK_BYTES - 20) + end),
  );

  await fc.assert(
    fc.asyncProperty(text, async (bytes) => {
      writeFileSync(path, bytes, 'latin1');

      const expected = bytes.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(await linesOf(path)).toEqual(expected);
    }),
  );
});

test('a part of a file has the lines of that part', async () => {
  const path = join(temporaryDirectory(), 'lines');
  writeFileSync(path, 'one\ntwo\nthree\n');

  expect(await linesOf(path, { start: 4, end: 9 })).toEqual(['two', 't']);
});
