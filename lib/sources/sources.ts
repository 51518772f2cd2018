import type { Excerpt } from '../core/excerpt.js';
import type { StackFrame } from '../core/profile.js';
import { frameKey } from '../core/stack-frame.js';
import { localPath, readText, type TextFile } from './script.js';
import type { Original } from './source-map.js';

/** Scripts looked at, at most: a service loads thousands, but only those in live stacks matter. */
const MAX_SCRIPTS = 1000;

/** Lines of an excerpt before and after the start of the function. */
const LINES_BEFORE = 1;
const LINES_AFTER = 5;

/** Characters of an excerpt's line: a minified file is a single one. */
const MAX_LINE_LENGTH = 160;

/** A script with a source map. */
interface MappedScript {
  readonly trace: (frame: StackFrame) => Original | undefined;
  readonly changed: number;
}

/**
 * The sources of a service: original positions through source maps, and excerpts. Reads files of this machine only, each
 * once.
 */
export class Sources {
  /** By the script's name in the profile; `undefined` for one without a map. */
  readonly #scripts = new Map<string, MappedScript | undefined>();
  /** By the key of the frame: stacks share most of their frames. */
  readonly #originals = new Map<string, StackFrame>();
  /** Originals that a source map carries within itself, by name. */
  readonly #embedded = new Map<string, TextFile>();

  /** Reads the source maps of the frames' scripts. Frames of other scripts keep their positions. */
  async load(frames: Iterable<StackFrame>): Promise<void> {
    for (const { file } of frames) {
      if (this.#scripts.has(file) || this.#scripts.size >= MAX_SCRIPTS) continue;
      this.#scripts.set(file, undefined);
      const mapped = await readMapped(file);
      if (mapped !== undefined) this.#scripts.set(file, mapped);
    }
  }

  /** The frame as its author wrote it, or the frame itself where that is not known. */
  original(frame: StackFrame): StackFrame {
    const script = this.#scripts.get(frame.file);
    if (script === undefined || frame.line < 1) return frame;
    const key = frameKey(frame);
    const original = this.#originals.get(key) ?? this.#trace(frame, script);
    this.#originals.set(key, original);
    return original;
  }

  /** The source where an original frame starts; `undefined` when it is not on this machine. */
  async excerpt({ file, line }: StackFrame): Promise<Excerpt | undefined> {
    const path = localPath(file);
    const known = this.#embedded.get(file);
    const source = known ?? (path === undefined ? undefined : await readText(path));
    const all = source?.text.split(/\r?\n/) ?? [];
    if (source === undefined || line < 1 || line > all.length) return undefined;
    const firstLine = Math.max(1, line - LINES_BEFORE);
    const lines = all.slice(firstLine - 1, line + LINES_AFTER);
    return { firstLine, lines: lines.map(shortLine), changed: source.changed };
  }

  #trace(frame: StackFrame, { trace, changed }: MappedScript): StackFrame {
    const original = trace(frame);
    if (original === undefined) return frame;
    const { text } = original;
    if (text !== undefined) this.#embedded.set(original.frame.file, { text, changed });
    return original.frame;
  }
}

async function readMapped(file: string): Promise<MappedScript | undefined> {
  const path = localPath(file);
  const source = path === undefined ? undefined : await readText(path);
  if (path === undefined || source === undefined) return undefined;
  // Loaded on use: a service that only records never traces.
  const { readSourceMap, traceOriginal } = await import('./source-map.js');
  const map = await readSourceMap(path, source.text);
  if (map === undefined) return undefined;
  return { trace: (frame) => traceOriginal(map, frame), changed: source.changed };
}

function shortLine(line: string): string {
  return line.length <= MAX_LINE_LENGTH ? line : `${line.slice(0, MAX_LINE_LENGTH)}…`;
}
