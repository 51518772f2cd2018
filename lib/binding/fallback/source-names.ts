import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { monotonicMs } from '../../core/clock.js';
import type { InspectorSession } from './inspector-session.js';

// Any path will do, and an ES module that heaptide is bundled into has no `__filename`.
const { cache: commonJsModules } = createRequire(process.execPath);

/** Time that listing scripts may take in all, in ms. After that, names come from the sampler alone. */
const MAX_LISTING_MS = 500;

/** Where a function starts. Line and column are 0-based. */
export interface SourcePlace {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * Names of scripts and functions. The sampler and the function itself do not always agree on them: a script can have two
 * names, and only the sampler infers one for a function without. The first name that is learned stays, so that a
 * function is recognized in stacks.
 */
export class SourceNames {
  readonly #inspector: InspectorSession;
  readonly #scripts = new Map<string, string>();
  readonly #functions = new Map<string, string>();
  #listingMs = 0;

  constructor(inspector: InspectorSession) {
    this.#inspector = inspector;
  }

  /** The name of a script that is also called `name`. */
  script(scriptId: string, name: string): string {
    return learn(this.#scripts, scriptId, name);
  }

  /** The name of the function at a place that is also called `name`, if it has one. */
  function({ scriptId, lineNumber, columnNumber }: SourcePlace, name: string): string {
    const place = `${scriptId} ${lineNumber} ${columnNumber}`;
    return learn(this.#functions, place, name || '(anonymous)');
  }

  /** The name of any script; `undefined` when it cannot be found out in the time that is left. */
  findScript(scriptId: string): string | undefined {
    if (!this.#scripts.has(scriptId) && this.#listingMs < MAX_LISTING_MS) this.#list();
    return this.#scripts.get(scriptId);
  }

  #list(): void {
    const started = monotonicMs();
    for (const { scriptId, url } of this.#inspector.loadedScripts()) {
      this.script(scriptId, toScriptName(url));
    }
    this.#listingMs += monotonicMs() - started;
  }
}

function learn(names: Map<string, string>, key: string, name: string): string {
  const known = names.get(key);
  if (known !== undefined) return known;
  names.set(key, name);
  return name;
}

/** The debugger shows the path of a CommonJS module as a URL. */
function toScriptName(url: string): string {
  if (!url.startsWith('file:')) return url;
  try {
    const path = fileURLToPath(url);
    return commonJsModules[path] === undefined ? url : path;
  } catch {
    // A URL with a host or an escaped slash, which no path stands for.
    return url;
  }
}
