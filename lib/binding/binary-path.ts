import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { path as search } from 'node-gyp-build';

/** What makes `node-gyp-build` look elsewhere. */
const SETTINGS = ['HEAPTIDE_PREBUILD', 'LIBC', 'PREBUILDS_ONLY', 'npm_config_arch'];

/**
 * The binary for this platform and Node.js ABI under `root`: a local build before the prebuild. Throws when there is
 * none.
 *
 * Nearly always it is one of two files. They are looked for by name: the search of `node-gyp-build`, which finds the
 * same, reads folders and loads 0.3 MB of itself and of Node.js.
 */
export function pathOfBinary(root: string): string {
  const isUsual = SETTINGS.every((name) => process.env[name] === undefined);
  return (isUsual ? usualPath(root) : undefined) ?? search(root);
}

/** The binary where a build or a package without one has it, `undefined` when it is not there. */
function usualPath(root: string): string | undefined {
  const builds = resolve(root, 'build');
  const path = existsSync(builds)
    ? join(builds, 'Release', 'heaptide.node')
    : resolve(root, 'prebuilds', `${process.platform}-${process.arch}`, prebuildName());
  return existsSync(path) ? path : undefined;
}

/** As `prebuildify` names it. */
function prebuildName(): string {
  const libc = process.platform === 'linux' ? `.${libcName()}` : '';
  return `heaptide.abi${process.versions.modules}${libc}.node`;
}

function libcName(): 'glibc' | 'musl' {
  return existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
}
