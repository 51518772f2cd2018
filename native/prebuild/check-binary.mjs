// What a binary must be to run wherever Node.js itself runs.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

/** What the official builds of Node.js 20 to 26 require. */
const NEWEST_GLIBC = [2, 28];
const MAX_BYTES = 500 * 1024;
const NAME = /^heaptide\.abi(\d+)(\.(glibc|musl))?\.node$/;

/**
 * Checks a stripped binary, and loads it in the Node.js that it is for.
 * @param {string} path
 * @param {{ node: string, isCross: boolean }} options `node` is the program to load it in
 * @returns {Promise<string>} its figures, in one line
 * @throws when it would not run everywhere, with all reasons
 */
export async function checkBinary(path, { node, isCross }) {
  const bytes = await readFile(path);
  const name = basename(path);
  const abi = NAME.exec(name)?.[1];
  const glibc = newestGlibc(bytes);
  const modules = await loadIn(node, { path, isCross });
  const problems = [
    abi === undefined && 'its name has no ABI',
    bytes.length > MAX_BYTES &&
      `it has ${bytes.length} bytes, and at most ${MAX_BYTES} are allowed`,
    isNewer(glibc, NEWEST_GLIBC) && `it needs glibc ${glibc.join('.')}`,
    bytes.includes('libstdc++.so') && 'it needs the C++ library of the system',
    modules !== abi && `it loads in a Node.js with ABI ${modules}`,
  ].filter((problem) => problem !== false);
  if (problems.length > 0) throw new Error(`${path}: ${problems.join('; ')}`);
  return `${name}  ${(bytes.length / 1024).toFixed(0)} KB  glibc >= ${glibc.join('.')}`;
}

/** The highest version among the symbols that a binary takes from glibc; 0.0 when it takes none. */
function newestGlibc(bytes) {
  const versions = [...bytes.toString('latin1').matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(
    ([, major, minor]) => [Number(major), Number(minor)],
  );
  return versions.reduce((newest, one) => (isNewer(one, newest) ? one : newest), [0, 0]);
}

function isNewer(a, b) {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}

/** Loads the addon, which refuses any other major version than its own. Returns the ABI of that Node.js. */
async function loadIn(node, { path, isCross }) {
  const script = `require(${JSON.stringify(path)}).read(); console.log(process.versions.modules)`;
  const command = isCross ? ['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', node] : [node];
  const [program, ...args] = [...command, '-e', script];
  const { stdout } = await promisify(execFile)(program, args);
  return stdout.trim();
}
