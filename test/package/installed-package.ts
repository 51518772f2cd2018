// The package as a user gets it: packed, and installed into an empty project by a machine without tools.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { checkBinary } from '../../native/prebuild/check-binary.mjs';
import { NODE_MAJORS, nodeVersion } from '../matrix/node-versions.mjs';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

/** What `package.json` packs, prebuilt binaries aside. */
const PACKED = ['dist', 'native', 'binding.gyp', 'package.json', 'README.md', 'LICENSE'];

/** Whether all Node.js majors are tested, each with its own prebuilt binary, which takes minutes to build. */
export const testsAllNodes = process.env['HEAPTIDE_TEST_ALL_NODES'] !== undefined;

export interface Node {
  readonly version: string;
  readonly path: string;
}

/** The Node.js programs to test with: the running one, or one of each major. */
export async function nodesToTest(): Promise<readonly Node[]> {
  if (!testsAllNodes) return [{ version: process.versions.node, path: process.execPath }];
  const releases = await Promise.all(NODE_MAJORS.map((major) => nodeVersion(major)));
  return releases.map(({ version, node }) => ({ version, path: node }));
}

/** Everything that one test file makes. */
const WORKSHOP = join(tmpdir(), `heaptide-package-${process.pid}`);

afterAll(() => rm(WORKSHOP, { recursive: true, force: true }));

/** A new folder, which is gone when the test file has run. */
export async function temporaryFolder(): Promise<string> {
  await mkdir(WORKSHOP, { recursive: true });
  return mkdtemp(join(WORKSHOP, 'folder-'));
}

/** Packs the package with a binary for the running Node.js. Returns the tarball. */
export function packPackage(): Promise<string> {
  return packWith(placeBuild);
}

/** Packs the package with a binary for each Node.js that is tested. Returns the tarball. */
export function packRelease(): Promise<string> {
  return packWith(testsAllNodes ? prebuild : placeBuild);
}

async function packWith(addBinaries: (folder: string) => Promise<unknown>): Promise<string> {
  const folder = await temporaryFolder();
  for (const name of PACKED) await cp(join(root, name), join(folder, name), { recursive: true });
  await addBinaries(folder);
  await run('npm', ['pack', '--ignore-scripts'], { cwd: folder });
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
  return join(folder, tarball ?? '');
}

function prebuild(folder: string): Promise<unknown> {
  const script = join(root, 'native', 'prebuild', 'build.mjs');
  return run(process.execPath, [script, '--out', folder]);
}

/** The binary of `npm run build:native`, which differs from a prebuilt one only in what `strip` takes away. */
async function placeBuild(folder: string): Promise<void> {
  const { arch, platform, versions } = process;
  const prebuilds = join(folder, 'prebuilds', `${platform}-${arch}`);
  await mkdir(prebuilds, { recursive: true });
  const libc = platform === 'linux' ? `.${libcName()}` : '';
  const binary = join(prebuilds, `heaptide.abi${versions.modules}${libc}.node`);
  await cp(join(root, 'build', 'Release', 'heaptide.node'), binary);
  if (platform === 'linux') await run('strip', [binary]);
  await checkBinary(binary, { node: process.execPath, isCross: false });
}

function libcName(): 'glibc' | 'musl' {
  return existsSync('/etc/alpine-release') ? 'musl' : 'glibc';
}

/** A new project with the package of a tarball in it. */
export class Project {
  readonly folder: string;
  readonly #path: string;

  /** Installs without lifecycle scripts, and with nothing on the PATH but Node.js. */
  static async make(tarball: string, node: string): Promise<Project> {
    const folder = await temporaryFolder();
    const bin = join(folder, 'bin');
    await mkdir(bin);
    await symlink(node, join(bin, 'node'));
    await writeFile(join(folder, 'package.json'), '{ "name": "service", "private": true }');
    const project = new Project(folder, bin);
    await project.install(tarball);
    return project;
  }

  private constructor(folder: string, path: string) {
    this.folder = folder;
    this.#path = path;
  }

  async install(...packages: readonly string[]): Promise<void> {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await this.node(await npmScript(), 'install', ...flags, ...packages);
  }

  /** Writes a file of the project, and returns its path. */
  async write(name: string, content: string): Promise<string> {
    const path = join(this.folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    return path;
  }

  /** Runs a script of the project. Returns what it printed, warnings included. */
  async node(...args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await run(join(this.#path, 'node'), args, {
      cwd: this.folder,
      env: { PATH: this.#path, HOME: process.env['HOME'] },
      maxBuffer: 1e8,
    });
    return stdout + stderr;
  }
}

async function npmScript(): Promise<string> {
  const { stdout } = await run('npm', ['root', '-g']);
  return join(stdout.trim(), 'npm', 'bin', 'npm-cli.js');
}
