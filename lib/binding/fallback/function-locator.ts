import type { InspectorSession, RemoteProperty, RemoteValue } from './inspector-session.js';
import type { SourceNames, SourcePlace } from './source-names.js';

/** Under which the function is handed to the inspector, for the time of one call. */
const KEY = Symbol.for('heaptide.function');
const EXPRESSION = "globalThis[Symbol.for('heaptide.function')]";
const OBJECT_GROUP = 'heaptide';

/** Finds where the source of a function starts. */
export class FunctionLocator {
  readonly #inspector: InspectorSession;
  readonly #names: SourceNames;

  constructor(inspector: InspectorSession, names: SourceNames) {
    this.#inspector = inspector;
    this.#names = names;
  }

  /** `[function, file, line, column]`, 1-based; empty for functions without a script. Bound functions are followed. */
  locate(fn: (...args: never[]) => unknown): ReadonlyArray<string | number> {
    // Fails where a program has frozen the global object.
    if (!Reflect.defineProperty(globalThis, KEY, { value: fn, configurable: true })) return [];
    try {
      const answer = this.#inspector.post('Runtime.evaluate', {
        expression: EXPRESSION,
        objectGroup: OBJECT_GROUP,
      });
      return this.#locate(answer?.result);
    } finally {
      Reflect.deleteProperty(globalThis, KEY);
      this.#inspector.post('Runtime.releaseObjectGroup', { objectGroup: OBJECT_GROUP });
    }
  }

  #locate(fn: RemoteValue | undefined): ReadonlyArray<string | number> {
    if (fn?.objectId === undefined) return [];
    const properties = this.#inspector.post('Runtime.getProperties', {
      objectId: fn.objectId,
      ownProperties: true,
    });
    const { internalProperties = [], result = [] } = properties ?? {};
    const target = slot(internalProperties, '[[TargetFunction]]');
    if (target !== undefined) return this.#locate(target);
    const place = slot(internalProperties, '[[FunctionLocation]]')?.value;
    if (!isPlace(place)) return [];
    const file = this.#names.findScript(place.scriptId);
    if (file === undefined) return [];
    const name = result.find((property) => property.name === 'name')?.value?.value;
    const shown = this.#names.function(place, typeof name === 'string' ? name : '');
    return [shown, file, place.lineNumber + 1, place.columnNumber + 1];
  }
}

function slot(properties: readonly RemoteProperty[], name: string): RemoteValue | undefined {
  return properties.find((property) => property.name === name)?.value;
}

function isPlace(value: unknown): value is SourcePlace {
  return typeof value === 'object' && value !== null && 'scriptId' in value;
}
