import { join, toNamespacedPath } from 'node:path';
import { HeapTideError, reasonOf } from '../core/errors.js';
import { PACKAGE } from '../core/package-root.js';
import { pathOfBinary } from './binary-path.js';
import type { Binding } from './contract.js';
import { createFallback } from './fallback/fallback-binding.js';
import { isNativeAddon, toBinding } from './native-addon.js';

/** The backend of an environment. */
export interface LoadedBinding {
  readonly binding: Binding;
  /** Why it is the fallback, if it is. */
  readonly fallbackReason?: string;
}

/** The addon, or why there is none. */
export type LoadResult =
  | { readonly binding: Binding; readonly error?: undefined }
  | { readonly binding?: undefined; readonly error: HeapTideError };

/**
 * The native addon, a local build before the prebuild for this platform and Node.js ABI; else, or with
 * `HEAPTIDE_BACKEND=fallback`, the JavaScript fallback. Never throws. The first result of an environment (the main
 * thread or a worker) is its only one.
 */
export const loadBinding: () => LoadedBinding = once(() => {
  if (process.env['HEAPTIDE_BACKEND'] === 'fallback') {
    return { binding: createFallback(), fallbackReason: 'HEAPTIDE_BACKEND asks for it' };
  }
  const { binding, error } = loadFrom(PACKAGE.root);
  if (binding !== undefined) return { binding };
  return { binding: createFallback(), fallbackReason: error.message };
});

/** Loads the addon of the package in `root`. */
export function loadFrom(root: string): LoadResult {
  try {
    // What `require` does with such a file. By `createRequire` it would bring 0.1 MB of Node.js's module loader.
    const loaded: { exports: unknown } = { exports: {} };
    process.dlopen(loaded, toNamespacedPath(pathOfBinary(root)));
    if (isNativeAddon(loaded.exports)) return { binding: toBinding(loaded.exports) };
    return { error: notFound(root, new Error('the build is of another version of heaptide')) };
  } catch (error) {
    return { error: notFound(root, error) };
  }
}

/** The file that {@link loadFrom} loads, or `undefined` when there is none. */
export function findBinary(root: string): string | undefined {
  try {
    return pathOfBinary(root);
  } catch {
    return undefined;
  }
}

function notFound(root: string, cause: unknown): HeapTideError {
  const { platform, arch, versions } = process;
  const detail =
    `${platform}-${arch}, ABI ${versions.modules}; ` +
    `tried ${join(root, 'build')} and ${join(root, 'prebuilds', `${platform}-${arch}`)}: ` +
    `${reasonOf(cause).replace(/\s+/g, ' ').trim()}; to build it, run "npx heaptide build"`;
  return new HeapTideError('ERR_HEAPTIDE_BINDING_NOT_FOUND', detail, { cause });
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
