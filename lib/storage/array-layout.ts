/** The bytes of an array file: `[`, one element per line, `]`, each on lines of their own. */
export const OPENING = '[\n';
export const SEPARATOR = ',\n';
export const CLOSING = '\n]\n';

/** Longest last line that is checked by parsing it, in bytes; a longer one counts as torn. */
export const LONGEST_CHECKED_LINE = 8 * 1024 * 1024;

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;

/** Byte offsets of an element: its first byte, and the byte after its last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Follows the layout of an array file through its bytes, chunk by chunk, in constant memory. Elements are recognized by
 * the ends of their lines, not parsed: the caller checks the last one when the file does not end as it should.
 */
export class ArrayLayout {
  #state: 'opening' | 'element' | 'closing' | 'closed' | 'broken' = 'opening';
  #offset = 0;
  #lineStart = 0;
  #firstByte = 0;
  /** The last two bytes of the line so far. */
  #tail: readonly [number, number] = [0, 0];
  #count = 0;
  #last: Span = { start: 0, end: 0 };
  #beforeLast: Span = { start: 0, end: 0 };

  /** Complete elements so far. */
  get count(): number {
    return this.#count;
  }

  /** The last complete element, and the one before it; empty spans where there is none. */
  get last(): Span {
    return this.#last;
  }

  get beforeLast(): Span {
    return this.#beforeLast;
  }

  /** Whether the bytes so far are a whole array file. */
  get isClosed(): boolean {
    return this.#state === 'closed' && this.#lineStart === this.#offset;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length && this.#state !== 'broken') {
      const newline = chunk.indexOf(NEWLINE, from);
      const to = newline === -1 ? chunk.length : newline;
      this.#extendLine(chunk.subarray(from, to));
      this.#offset += to - from;
      if (newline === -1) return;
      this.#endLine();
      this.#offset += 1;
      this.#lineStart = this.#offset;
      from = newline + 1;
    }
  }

  /** Ends the last line where the file ends without a newline. */
  finish(): void {
    if (this.#lineStart < this.#offset) this.#endLine();
  }

  #extendLine(part: Uint8Array): void {
    if (part.length === 0) return;
    if (this.#lineStart === this.#offset) {
      this.#firstByte = part[0] ?? 0;
      this.#tail = [0, 0];
    }
    this.#tail = [part.at(-2) ?? this.#tail[1], part.at(-1) ?? 0];
  }

  #endLine(): void {
    const isSingle = this.#offset - this.#lineStart === 1;
    if (this.#state === 'opening') {
      this.#state = isSingle && this.#firstByte === BRACKET_OPEN ? 'element' : 'broken';
    } else if (this.#state === 'element' && this.#isElement()) {
      this.#endElement();
    } else {
      const mayClose =
        this.#state === 'closing' || (this.#state === 'element' && this.#count === 0);
      const closes = mayClose && isSingle && this.#firstByte === BRACKET_CLOSE;
      this.#state = closes ? 'closed' : 'broken';
    }
  }

  #isElement(): boolean {
    const [penultimate, ultimate] = this.#tail;
    if (this.#lineStart === this.#offset || this.#firstByte !== BRACE_OPEN) return false;
    return ultimate === BRACE_CLOSE || (ultimate === COMMA && penultimate === BRACE_CLOSE);
  }

  #endElement(): void {
    const hasComma = this.#tail[1] === COMMA;
    this.#count += 1;
    this.#beforeLast = this.#last;
    this.#last = { start: this.#lineStart, end: hasComma ? this.#offset - 1 : this.#offset };
    this.#state = hasComma ? 'element' : 'closing';
  }
}

/** The element on a line, without the comma behind it. */
export function elementText(line: Buffer): string {
  const hasComma = line.at(-1) === COMMA;
  return line.toString('utf8', 0, hasComma ? line.length - 1 : line.length);
}
