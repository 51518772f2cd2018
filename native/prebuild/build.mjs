// npm run prebuilds: builds the addon for every supported Node.js into prebuilds/, and checks what it built.
//
//   npm run prebuilds                        all majors, for this machine
//   npm run prebuilds -- --node 20           one major
//   npm run prebuilds -- --arch arm64        all majors, with Debian's cross compiler g++-aarch64-linux-gnu
//
// On Linux with glibc the headers of all majors come from npm. Elsewhere the addon is built for the running Node.js.
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import prebuildify from 'prebuildify';
import { NODE_ABIS, NODE_MAJORS, nodeVersion } from '../../test/matrix/node-versions.mjs';
import { checkBinary } from './check-binary.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const SOURCES = ['native', 'binding.gyp', 'package.json'];
const CROSS = 'aarch64-linux-gnu';

const { values } = parseArgs({
  options: {
    node: { type: 'string', multiple: true },
    arch: { type: 'string', default: process.arch },
    /** Folder that gets the `prebuilds` folder. */
    out: { type: 'string', default: ROOT },
  },
});
const isCross = values.arch !== process.arch;
const isGlibc = process.report.getReport().header.glibcVersionRuntime !== undefined;
const runningMajor = Number.parseInt(process.versions.node, 10);
const majors = values.node?.map(Number) ?? (isGlibc ? NODE_MAJORS : [runningMajor]);

for (const major of majors) await prebuild(major);

/** In a copy of the sources, so that a developer's own build stays. */
async function prebuild(major) {
  const folder = await mkdtemp(join(tmpdir(), 'heaptide-prebuild-'));
  try {
    for (const name of SOURCES) {
      await cp(join(ROOT, name), join(folder, name), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const release = isGlibc ? await nodeVersion(major, { arch: values.arch }) : undefined;
    await compile({ major, folder, home: release?.home });
    const file = `heaptide.abi${NODE_ABIS[major]}${libcTag()}.node`;
    const path = join(values.out, 'prebuilds', `${process.platform}-${values.arch}`, file);
    console.log(await checkBinary(path, { node: release?.node ?? process.execPath, isCross }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function compile({ major, folder, home }) {
  // An .npmrc or an outer npm may name another Node.js's headers: the binary would build, and even load.
  if (home !== undefined) process.env.npm_config_nodedir = home;
  if (isCross) Object.assign(process.env, { CC: `${CROSS}-gcc`, CXX: `${CROSS}-g++` });
  return promisify(prebuildify)({
    cwd: folder,
    out: values.out,
    arch: values.arch,
    targets: [{ runtime: 'node', target: `${major}.0.0` }],
    nodeGyp: createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js'),
    tagLibc: process.platform === 'linux',
    napi: false,
    strip: true,
    stripBin: isCross ? `${CROSS}-strip` : 'strip',
    quiet: true,
  });
}

function libcTag() {
  if (process.platform !== 'linux') return '';
  return isGlibc ? '.glibc' : '.musl';
}
