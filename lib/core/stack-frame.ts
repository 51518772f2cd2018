import type { StackFrame } from './profile.js';

/** `function (file:line:column)`, or the function alone where it has no script. */
export function formatFrame(frame: StackFrame): string {
  if (frame.file === '') return frame.function;
  return `${frame.function} (${frame.file}:${frame.line}:${frame.column})`;
}

/** Whether two frames are the same function; two that are missing are the same too. */
export function isSameFrame(a: StackFrame | undefined, b: StackFrame | undefined): boolean {
  return (
    a?.line === b?.line &&
    a?.column === b?.column &&
    a?.function === b?.function &&
    a?.file === b?.file
  );
}

/** A string that two frames share exactly when they are the same function. */
export function frameKey(frame: StackFrame): string {
  return `${frame.file}\0${frame.line}\0${frame.column}\0${frame.function}`;
}
