import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HeapTideError } from '../core/errors.js';
import { type Extent, FILE_MODE } from './array-extent.js';
import { CLOSING, OPENING } from './array-layout.js';
import { readChunks } from './chunks.js';

const NEWLINE = 0x0a;
const DRAFT_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A written and synced file that is ready to take the place of the original. */
export interface Draft {
  readonly path: string;
  readonly extent: Extent;
}

/**
 * Streams the last `keep` elements of the array file at `path` into a draft beside it. The file may grow meanwhile: only
 * the elements of `extent` are read.
 */
export async function draftLastElements(
  path: string,
  extent: Extent,
  keep: number,
): Promise<Draft> {
  const draft = join(dirname(path), `.${basename(path)}.draft`);
  await rm(draft, { force: true });
  const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const target = await open(draft, DRAFT_FLAGS, FILE_MODE);
    try {
      const start = await startOfElement(source, extent.count - keep);
      await target.writeFile(OPENING);
      for await (const chunk of readChunks(source, { start, end: extent.end })) {
        await target.writeFile(chunk);
      }
      await target.writeFile(CLOSING);
      await target.sync();
      const { size, ino: inode } = await target.stat();
      return { path: draft, extent: { count: keep, end: size - CLOSING.length, size, inode } };
    } finally {
      await target.close();
    }
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await source.close();
  }
}

/** Offset of the element with that index. It begins after as many newlines as elements precede it, plus the first. */
async function startOfElement(source: FileHandle, index: number): Promise<number> {
  let offset = 0;
  let missing = index + 1;
  for await (const chunk of readChunks(source)) {
    let newline = chunk.indexOf(NEWLINE);
    while (newline !== -1) {
      missing -= 1;
      if (missing === 0) return offset + newline + 1;
      newline = chunk.indexOf(NEWLINE, newline + 1);
    }
    offset += chunk.length;
  }
  throw new HeapTideError('ERR_HEAPTIDE_INTERNAL', `no element ${index} in a file to compact`);
}
