/**
 * Says each thing once, through `process.emitWarning` with the type `HeapTideWarning`. A profiler has one; a host that
 * wants silence runs with `--disable-warning=HeapTideWarning`.
 */
export class Warnings {
  readonly #said = new Set<string>();

  /** Warns, unless a warning of the same code was given before. */
  once(code: string, message: string): void {
    if (this.#said.has(code)) return;
    this.#said.add(code);
    process.emitWarning(message, { type: 'HeapTideWarning', code });
  }
}
