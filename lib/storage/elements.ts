import { StringDecoder } from 'node:string_decoder';
import { readChunks } from './chunks.js';
import { type ElementHandlers, ElementScanner } from './element-scanner.js';
import { openRegular } from './regular-file.js';

/** How much of a file could be used. */
export interface ReadCount {
  readonly read: number;
  /** Records that are damaged or have an impossible field. */
  readonly skipped: number;
}

/** Takes a parsed element; false when it is not what the file should hold. */
export type ElementVisitor = (value: unknown) => boolean;

/** Who wants to know how far a reading is. */
export interface ReadOptions {
  /** Hears of each piece of the file, in bytes. */
  readonly onBytes?: (count: number) => void;
}

/** Parses the JSON objects of a file one by one, in memory that does not grow with the file. */
export async function readElements(
  path: string,
  visit: ElementVisitor,
  { onBytes }: ReadOptions = {},
): Promise<ReadCount> {
  const counter = new ElementCounter(visit);
  const scanner = new ElementScanner(counter);
  const decoder = new StringDecoder('utf8');
  const handle = await openRegular(path);
  try {
    for await (const chunk of readChunks(handle)) {
      scanner.push(decoder.write(chunk));
      onBytes?.(chunk.length);
    }
  } finally {
    await handle.close();
  }
  scanner.push(decoder.end());
  scanner.finish();
  return counter;
}

/** Parses the JSON objects of a text. */
export function parseElements(text: string, visit: ElementVisitor): ReadCount {
  const counter = new ElementCounter(visit);
  const scanner = new ElementScanner(counter);
  scanner.push(text);
  scanner.finish();
  return counter;
}

class ElementCounter implements ElementHandlers, ReadCount {
  readonly #visit: ElementVisitor;
  read = 0;
  skipped = 0;

  constructor(visit: ElementVisitor) {
    this.#visit = visit;
  }

  readonly onElement = (element: unknown): void => {
    if (this.#visit(element)) this.read += 1;
    else this.skipped += 1;
  };

  readonly onDamage = (): void => {
    this.skipped += 1;
  };
}
