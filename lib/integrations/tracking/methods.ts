import { METHODS } from 'node:http';

/** Name shared by the methods that do not exist: over HTTP/2 a client can send any word. */
const OTHER_METHOD = '(other method)';

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Whether there is such a method in HTTP. */
export function isKnownMethod(method: string): boolean {
  return KNOWN_METHODS.has(method);
}

/** What a method is called in the names of routes. */
export function nameOfMethod(method: string): string {
  return isKnownMethod(method) ? method : OTHER_METHOD;
}
