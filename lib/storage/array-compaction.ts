import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Extent } from './array-extent.js';
import { CLOSING, elementText, OPENING, SEPARATOR } from './array-layout.js';
import type { ArrayLimits } from './array-limits.js';
import { readChunks } from './chunks.js';
import { readLines } from './lines.js';
import { FILE_MODE } from './permissions.js';

const DRAFT_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** A written and synced file that is ready to take the place of the original. */
export interface Draft {
  readonly path: string;
  readonly extent: Extent;
}

interface Element {
  readonly index: number;
  /** Byte offset of its line. */
  readonly start: number;
  /** Without the comma behind it. */
  readonly line: string;
}

/** The elements to keep: all from one on, and some before it. */
interface Selection {
  readonly first: Element;
  readonly exceptions: readonly string[];
}

/**
 * Streams what the limits keep of the array file at `path` into a draft beside it; `undefined` when that is everything.
 * The file may grow meanwhile: only the elements of `extent` are read.
 */
export async function draftWithinLimits(
  path: string,
  extent: Extent,
  { limits, now }: { readonly limits: ArrayLimits; readonly now: number },
): Promise<Draft | undefined> {
  const source = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const selection = await select(source, extent, { limits, now });
    if (selection.first.index <= selection.exceptions.length) return undefined;
    return await write(source, { path, extent, selection });
  } finally {
    await source.close();
  }
}

async function select(
  source: FileHandle,
  extent: Extent,
  { limits, now }: { readonly limits: ArrayLimits; readonly now: number },
): Promise<Selection> {
  let first: Element | undefined;
  const candidates: string[] = [];
  const exceptions = limits.exceptions?.();
  for await (const element of elementsOf(source, extent)) {
    if (first !== undefined) exceptions?.noteKept(element.line);
    else if (isWithin(element, { extent, limits, now })) {
      first = element;
      exceptions?.noteKept(element.line);
      if (exceptions === undefined) break;
    } else if (exceptions?.mayStay(element.line) === true) candidates.push(element.line);
  }
  first ??= { index: 0, start: OPENING.length, line: '' };
  return { first, exceptions: candidates.filter((line) => exceptions?.mustStay(line) === true) };
}

function isWithin(
  { index, start, line }: Element,
  file: { readonly extent: Extent; readonly limits: ArrayLimits; readonly now: number },
): boolean {
  const { extent, limits, now } = file;
  if (index === extent.count - 1) return true;
  return (
    extent.count - index <= limits.count &&
    extent.size - start <= limits.bytes &&
    !(now - timestampOf(line) > limits.ageMs)
  );
}

/** NaN for an element without one. */
function timestampOf(line: string): number {
  return Number(/"timestamp":(\d+)/.exec(line)?.[1]);
}

async function* elementsOf(source: FileHandle, extent: Extent): AsyncGenerator<Element> {
  let start = OPENING.length;
  let index = 0;
  for await (const bytes of readLines(source, { start, end: extent.end })) {
    yield { index, start, line: elementText(bytes) };
    start += bytes.length + 1;
    index += 1;
  }
}

async function write(
  source: FileHandle,
  file: { readonly path: string; readonly extent: Extent; readonly selection: Selection },
): Promise<Draft> {
  const { path, extent, selection } = file;
  const draft = join(dirname(path), `.${basename(path)}.draft`);
  await rm(draft, { force: true });
  const target = await open(draft, DRAFT_FLAGS, FILE_MODE);
  try {
    await target.writeFile(OPENING + selection.exceptions.map((line) => line + SEPARATOR).join(''));
    for await (const chunk of readChunks(source, {
      start: selection.first.start,
      end: extent.end,
    })) {
      await target.writeFile(chunk);
    }
    await target.writeFile(CLOSING);
    await target.sync();
    const { size, ino: inode } = await target.stat();
    const count = selection.exceptions.length + extent.count - selection.first.index;
    return { path: draft, extent: { count, end: size - CLOSING.length, size, inode } };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    await target.close();
  }
}
