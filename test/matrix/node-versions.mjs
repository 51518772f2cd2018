// The Node.js releases that heaptide is built for and tested on. npm's packages of Node.js carry the program and its
// headers; they are fetched once into .cache, which Git ignores.
//
//   node test/matrix/node-versions.mjs      fetches all of them, and prints where they are
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(import.meta.dirname, '..', '..', '.cache', 'node');

/** Major version to ABI number (`process.versions.modules`). */
export const NODE_ABIS = { 20: 115, 22: 127, 24: 137, 26: 147 };

export const NODE_MAJORS = Object.keys(NODE_ABIS).map(Number);

/**
 * The newest release of a major version.
 * @param {number} major
 * @param {{ arch?: 'x64' | 'arm64' }} [options] the processor; that of this machine when left out
 * @returns {Promise<{ major: number, abi: number, version: string, home: string, node: string }>} `home` has `bin` and
 *   `include`: what node-gyp calls nodedir
 */
export async function nodeVersion(major, { arch = process.arch } = {}) {
  const home = join(cache, `${major}-linux-${arch}`);
  if (!(await exists(home))) await fetchRelease(`node-linux-${arch}@${major}`, home);
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8'));
  return { major, abi: NODE_ABIS[major], version, home, node: join(home, 'bin', 'node') };
}

/** Unpacked beside its place and moved there whole, so that two processes may fetch at once. */
async function fetchRelease(name, home) {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'fetch-'));
  try {
    const { stdout } = await run('npm', ['pack', name, '--json', '--pack-destination', folder]);
    const [{ filename }] = JSON.parse(stdout);
    await run('tar', ['-xzf', join(folder, filename), '-C', folder]);
    await rename(join(folder, 'package'), home).catch(async (error) => {
      if (!(await exists(home))) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

if (process.argv[1] === import.meta.filename) {
  for (const major of NODE_MAJORS) {
    const { version, abi, home } = await nodeVersion(major);
    console.log(`Node.js ${version}  ABI ${abi}  ${home}`);
  }
}
