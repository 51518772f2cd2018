/**
 * Says each thing once, through `process.emitWarning` with the type `HeapTideWarning`. A profiler has one; a host that
 * wants silence runs with `--disable-warning=HeapTideWarning`.
 */
export class Warnings {
  readonly #said = new Set<string>();

  /** Warns, unless a warning of the same code was given before. */
  once(code: string, message: string): void {
    this.#say(code, { code, message });
  }

  /** Warns, unless the same message was given before. */
  distinct(code: string, message: string): void {
    this.#say(message, { code, message });
  }

  #say(key: string, { code, message }: { readonly code: string; readonly message: string }): void {
    if (this.#said.has(key)) return;
    this.#said.add(key);
    process.emitWarning(message, { type: 'HeapTideWarning', code });
  }
}
