import type { ProfileNode } from './inspector-session.js';
import type { SourceNames } from './source-names.js';

/** Functions and stacks that keep a number; further ones share {@link OTHER}. Full tables take about 20 MB. */
const MAX_FRAMES = 16_384;
const MAX_STACKS = 65_536;

const EMPTY = 0;
const OTHER = 1;

/** A place in the sampler's call tree. */
export interface CallSite {
  /** Number of the stack from the outside to here, heaptide's own frames left out. */
  readonly stack: number;
  /** Whether the innermost frame that has a script is heaptide's. */
  readonly isSelf: boolean;
}

/** The place outside all functions. */
export const OUTSIDE: CallSite = { stack: EMPTY, isSelf: false };

interface Frame {
  readonly id: number;
  readonly location: readonly [name: string, file: string, line: number, column: number];
  readonly isScripted: boolean;
  readonly isSelf: boolean;
}

interface Stack {
  readonly caller: number;
  readonly frame: Frame | undefined;
}

/** Every function and stack that allocated, under numbers that stay: a stack is its caller's and one more frame. */
export class StackTable {
  readonly #names: SourceNames;
  readonly #frames = new Map<string, Frame>();
  readonly #numbers = new Map<string, number>();
  readonly #stacks: Stack[] = [
    { caller: EMPTY, frame: undefined },
    { caller: EMPTY, frame: undefined },
  ];
  #selfPrefixes: readonly string[] = [];

  constructor(names: SourceNames) {
    this.#names = names;
  }

  /** Scripts whose name starts with one of these are heaptide's. Concerns frames that are added from then on. */
  setSelfPrefixes(prefixes: readonly string[]): void {
    this.#selfPrefixes = prefixes;
  }

  /** The place where `caller` calls the function of a node. */
  call(caller: CallSite, callFrame: ProfileNode['callFrame']): CallSite {
    const frame = this.#frameOf(callFrame);
    if (frame === undefined) return { stack: OTHER, isSelf: caller.isSelf };
    if (frame.isSelf) return { stack: caller.stack, isSelf: true };
    return {
      stack: this.#push(caller.stack, frame),
      isSelf: frame.isScripted ? false : caller.isSelf,
    };
  }

  /** `[function, file, line, column, ...]` of a stack, innermost first. */
  framesOf(stack: number): ReadonlyArray<string | number> {
    if (stack === OTHER) return ['(other)', '', 0, 0];
    const frames: (string | number)[] = [];
    for (let at = this.#stacks[stack]; at?.frame !== undefined; at = this.#stacks[at.caller]) {
      frames.push(...at.frame.location);
    }
    return frames;
  }

  #push(caller: number, frame: Frame): number {
    if (caller === OTHER) return OTHER;
    const key = `${caller} ${frame.id}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#stacks.length >= MAX_STACKS) return OTHER;
    const stack = this.#stacks.push({ caller, frame }) - 1;
    this.#numbers.set(key, stack);
    return stack;
  }

  #frameOf(callFrame: ProfileNode['callFrame']): Frame | undefined {
    const { functionName, scriptId, url, lineNumber, columnNumber } = callFrame;
    const key = `${scriptId} ${lineNumber} ${columnNumber} ${functionName}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    if (this.#frames.size >= MAX_FRAMES) return undefined;
    const isScripted = scriptId !== '0';
    const file = isScripted ? this.#names.script(scriptId, url) : '';
    const name = isScripted ? this.#names.function(callFrame, functionName) : functionName;
    const frame: Frame = {
      id: this.#frames.size,
      location: [name || '(anonymous)', file, lineNumber + 1, columnNumber + 1],
      isScripted,
      isSelf: this.#selfPrefixes.some((prefix) => file.startsWith(prefix)),
    };
    this.#frames.set(key, frame);
    return frame;
  }
}
