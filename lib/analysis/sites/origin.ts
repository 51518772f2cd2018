import type { StackFrame } from '../../core/profile.js';

/**
 * Where a function comes from.
 *
 * - `app`: the application's own source.
 * - `package`: a dependency, below `node_modules`.
 * - `node`: Node's own JavaScript (`node:...`).
 * - `builtin`: a function of the engine, without a script.
 */
export type OriginKind = 'app' | 'package' | 'node' | 'builtin';

/** The origin of a function, and the name of the package or of Node's module. */
export interface Origin {
  readonly kind: OriginKind;
  /** `express`, `@scope/name`, `node:buffer`; empty for the application and for built-in functions. */
  readonly name: string;
}

const PACKAGE_PATH = /^.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/;

/** Classifies a frame by its script. The innermost `node_modules` folder names the package. */
export function originOf(frame: Pick<StackFrame, 'file'>): Origin {
  if (frame.file === '') return { kind: 'builtin', name: '' };
  if (frame.file.startsWith('node:')) return { kind: 'node', name: frame.file };
  const name = PACKAGE_PATH.exec(frame.file)?.[1];
  return name === undefined
    ? { kind: 'app', name: '' }
    : { kind: 'package', name: name.replace('\\', '/') };
}

/** Whether a user can open the function's source: the application's own, or a dependency's. */
export function isUserCode(frame: Pick<StackFrame, 'file'>): boolean {
  const { kind } = originOf(frame);
  return kind === 'app' || kind === 'package';
}
