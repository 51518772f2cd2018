import { parseJson } from './parse-json.js';

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;

/** What may stand between elements: white space, a byte order mark, and the array's own punctuation. */
const BETWEEN_ELEMENTS: ReadonlySet<number> = new Set(
  [...' \t\r\n\ufeff[],'].map((character) => character.charCodeAt(0)),
);

/** Longest element that is put together, in UTF-16 units; more is damage, not a record. */
const LONGEST_ELEMENT = 16 * 1024 * 1024;

/** What the scanner finds. */
export interface ElementHandlers {
  /** One parsed JSON object. */
  readonly onElement: (element: unknown) => void;
  /** Something else: an object that is cut off or does not parse, or foreign text. */
  readonly onDamage: () => void;
}

/**
 * Parses the JSON objects in a text that comes in chunks: in an array on one line or on many, or one after another.
 *
 * A damaged object costs itself only: a line that begins with `{` begins a new object, because writers indent inner
 * ones. Memory is bounded by the longest object.
 */
export class ElementScanner {
  readonly #handlers: ElementHandlers;
  /** Whether the text so far ends inside an object; the next four fields describe that object. */
  #isInside = false;
  #partial = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #previous = 0;
  #isInDamage = false;

  constructor(handlers: ElementHandlers) {
    this.#handlers = handlers;
  }

  push(chunk: string): void {
    for (let index = 0; index < chunk.length; ) {
      index = this.#isInside ? this.#follow(chunk, index) : this.#skip(chunk, index);
    }
  }

  /** The text ends here. */
  finish(): void {
    if (this.#isInside) this.#abandon();
  }

  /** Looks for the next object. Returns where it starts, or where it ends when it is parsed already. */
  #skip(chunk: string, from: number): number {
    for (let index = from; index < chunk.length; index += 1) {
      const code = chunk.charCodeAt(index);
      if (code === BRACE_OPEN) {
        this.#isInDamage = false;
        const end = this.#takeLine(chunk, index);
        this.#isInside = end === index;
        return end;
      }
      if (!BETWEEN_ELEMENTS.has(code)) this.#noteDamage();
    }
    return chunk.length;
  }

  /**
   * The short way: an object that begins a line and fills it, as in the files that heaptide writes, needs no search for
   * its end. Returns the end of the line, or `start` when the line is something else.
   */
  #takeLine(chunk: string, start: number): number {
    if (chunk.charCodeAt(start - 1) !== NEWLINE) return start;
    const newline = chunk.indexOf('\n', start);
    if (newline === -1) return start;
    const end = chunk.charCodeAt(newline - 1) === COMMA ? newline - 1 : newline;
    if (chunk.charCodeAt(end - 1) !== BRACE_CLOSE) return start;
    const element = parseJson(chunk.slice(start, end));
    if (element === undefined) return start;
    this.#handlers.onElement(element);
    return newline;
  }

  /** Follows an object to its end, or as far as the chunk goes. Returns where to go on. Every character passes here. */
  #follow(chunk: string, from: number): number {
    let depth = this.#depth;
    let isInString = this.#isInString;
    let isEscaped = this.#isEscaped;
    let previous = this.#previous;
    for (let index = from; index < chunk.length; index += 1) {
      const code = chunk.charCodeAt(index);
      if (code === BRACE_OPEN && previous === NEWLINE) {
        this.#abandon();
        return index;
      }
      if (isEscaped) isEscaped = false;
      else if (code === QUOTE) isInString = !isInString;
      else if (isInString) isEscaped = code === BACKSLASH;
      else if (code === BRACE_OPEN || code === BRACKET_OPEN) depth += 1;
      else if (code === BRACE_CLOSE || code === BRACKET_CLOSE) {
        depth -= 1;
        if (depth === 0) {
          this.#emit(chunk.slice(from, index + 1));
          return index + 1;
        }
      }
      previous = code;
    }
    this.#depth = depth;
    this.#isInString = isInString;
    this.#isEscaped = isEscaped;
    this.#previous = previous;
    this.#partial += chunk.slice(from);
    if (this.#partial.length > LONGEST_ELEMENT) this.#abandon();
    return chunk.length;
  }

  #emit(rest: string): void {
    const element = parseJson(this.#partial + rest);
    this.#leave();
    if (element === undefined) this.#handlers.onDamage();
    else this.#handlers.onElement(element);
  }

  #abandon(): void {
    this.#leave();
    this.#noteDamage();
  }

  #leave(): void {
    this.#isInside = false;
    this.#partial = '';
    this.#depth = 0;
    this.#isInString = false;
    this.#isEscaped = false;
    this.#previous = 0;
  }

  /** Foreign text counts once, however long it is. */
  #noteDamage(): void {
    if (!this.#isInDamage) this.#handlers.onDamage();
    this.#isInDamage = true;
  }
}
