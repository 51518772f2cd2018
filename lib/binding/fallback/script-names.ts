import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { InspectorSession } from './inspector-session.js';

const { cache: commonJsModules } = createRequire(__filename);

/** The name of each script, by V8's number for it. The first name that is learned stays: V8 has two for some scripts. */
export class ScriptNames {
  readonly #inspector: InspectorSession;
  readonly #names = new Map<string, string>();

  constructor(inspector: InspectorSession) {
    this.#inspector = inspector;
  }

  /** The name of a script for which the sampler says `name`. */
  named(scriptId: string, name: string): string {
    const known = this.#names.get(scriptId);
    if (known !== undefined) return known;
    this.#names.set(scriptId, name);
    return name;
  }

  /** The name of any script; empty when it is not known. Asks V8 for the list of all, about 10 us each, if needed. */
  nameOf(scriptId: string): string {
    const known = this.#names.get(scriptId);
    if (known !== undefined) return known;
    this.#readAll();
    return this.#names.get(scriptId) ?? '';
  }

  /**
   * Coverage is what lists scripts without switching the debugger on, which hashes every source. The profiler's domain
   * stays off too: switching that off again would end the coverage that somebody else collects.
   */
  #readAll(): void {
    const coverage = this.#inspector.post('Profiler.getBestEffortCoverage', {});
    for (const { scriptId, url } of coverage?.result ?? []) this.named(scriptId, toScriptName(url));
  }
}

/** Coverage shows the path of a CommonJS module as a URL. */
function toScriptName(url: string): string {
  if (!url.startsWith('file://')) return url;
  const path = fileURLToPath(url);
  return commonJsModules[path] === undefined ? url : path;
}
