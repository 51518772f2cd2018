import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  AnyMap,
  originalPositionFor,
  sourceContentFor,
  type TraceMap,
} from '@jridgewell/trace-mapping';
import type { StackFrame } from '../core/profile.js';
import { functionNameAt } from './function-name.js';
import { localPath, readText } from './script.js';

/** The last such comment counts; it may only be followed by blank lines and other comments. */
const MAP_COMMENT = /^\/[/*][#@]\s*sourceMappingURL=([^\s*]+)/gm;

const DATA_URL = /^data:application\/json(?:;charset=[^;,]+)?(;base64)?,/i;

/** Where a frame comes from. */
export interface Original {
  readonly frame: StackFrame;
  /** The original source's text, where the map carries it. */
  readonly text: string | undefined;
}

/** The original of a frame; `undefined` where the map does not tell. */
export function traceOriginal(map: TraceMap, frame: StackFrame): Original | undefined {
  const column = Math.max(0, frame.column - 1);
  const place = originalPositionFor(map, { line: frame.line, column });
  if (place.source === null) return undefined;
  const text = sourceContentFor(map, place.source) ?? undefined;
  const line = text?.split('\n', place.line)[place.line - 1];
  const name = line === undefined ? undefined : functionNameAt(line, place.column);
  return {
    frame: {
      function: name ?? place.name ?? frame.function,
      file: localPath(place.source) ?? place.source,
      line: place.line,
      column: place.column + 1,
    },
    text,
  };
}

/** The source map of a script, beside it or inside it. `undefined` when there is none that can be read. */
export async function readSourceMap(path: string, script: string): Promise<TraceMap | undefined> {
  const reference = [...script.matchAll(MAP_COMMENT)].at(-1)?.[1];
  if (reference === undefined) return undefined;
  const embedded = decodeDataUrl(reference);
  const mapPath = embedded === undefined ? pathOf(reference, path) : path;
  if (mapPath === undefined) return undefined;
  const json = embedded ?? (await readText(mapPath))?.text;
  try {
    return json === undefined ? undefined : AnyMap(json, pathToFileURL(mapPath).href);
  } catch {
    // Damaged, or of a version that nobody knows: the script's own positions stand.
    return undefined;
  }
}

function decodeDataUrl(reference: string): string | undefined {
  const [header, base64] = DATA_URL.exec(reference) ?? [];
  if (header === undefined) return undefined;
  const data = reference.slice(header.length);
  try {
    return base64 === undefined
      ? decodeURIComponent(data)
      : Buffer.from(data, 'base64').toString('utf8');
  } catch {
    return undefined;
  }
}

function pathOf(reference: string, script: string): string | undefined {
  let path: string | undefined;
  try {
    path = localPath(reference.startsWith('file:') ? reference : decodeURIComponent(reference));
  } catch {
    path = localPath(reference);
  }
  return path === undefined ? undefined : resolve(dirname(script), path);
}
