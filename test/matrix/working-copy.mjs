// A copy of the working tree to build and test in, so that a developer's own build stays as it is. Copies are kept in
// .cache, which Git ignores: the next build is an incremental one.
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const KEPT = new Set(['build', 'node_modules']);
const require = createRequire(import.meta.url);

export class WorkingCopy {
  /**
   * Brings the copy of that name up to date, TypeScript included.
   * @param {string} name
   * @param {{ node?: string, home?: string, env?: NodeJS.ProcessEnv }} [options] `node` runs whatever is run in the
   *   copy; `home` holds the headers to build against, those of `node` when left out
   * @returns {Promise<WorkingCopy>}
   */
  static async make(name, options = {}) {
    const folder = join(ROOT, '.cache', 'copies', name);
    await mkdir(folder, { recursive: true });
    for (const entry of await readdir(folder)) {
      if (!KEPT.has(entry)) await rm(join(folder, entry), { recursive: true });
    }
    for (const file of await sourceFiles()) {
      await cp(join(ROOT, file), join(folder, file), { preserveTimestamps: true }).catch(
        (error) => {
          // Listed, but deleted since the last commit.
          if (error.code !== 'ENOENT') throw error;
        },
      );
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction').catch(
      (error) => {
        if (error.code !== 'EEXIST') throw error;
      },
    );
    const copy = new WorkingCopy(folder, options);
    await copy.spawn('npm', ['run', '--silent', 'build:ts']);
    return copy;
  }

  constructor(folder, { node = process.execPath, home, env = {} }) {
    this.folder = folder;
    this.node = node;
    this.env = {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
      // npm is the one of the Node.js that runs this: the packages of Node.js have none.
      npm_config_prefix: dirname(dirname(process.execPath)),
      ...env,
    };
    // An .npmrc or an outer npm may name another Node.js's headers.
    if (home !== undefined) this.env.npm_config_nodedir = home;
  }

  /** Compiles the addon and the C++ tests. */
  async build(options = []) {
    const gyp = 'node-gyp/bin/node-gyp.js';
    await this.run(gyp, ['configure', '--silent', ...options]);
    await this.run(gyp, ['build', '--silent', ...options]);
  }

  /** Runs the vitest tests of these folders or files. `env` is added to the environment. */
  async test(folders, env = {}) {
    const projects = ['--project', 'native', '--project', 'system'];
    await this.run('vitest/vitest.mjs', ['run', ...projects, ...folders], env);
  }

  /** Runs a program of a package with the copy's Node.js. Rejects unless it ends with 0. */
  async run(program, args, env = {}) {
    await this.spawn(this.node, [locate(program), ...args], env);
  }

  /** Runs any program in the copy. Rejects unless it ends with 0. */
  async spawn(program, args, env = {}) {
    const child = spawn(program, args, {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (code === 0) resolve();
        else reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}`));
      });
    });
  }
}

/** `package/file`, also where the package does not export the file. */
function locate(program) {
  const [name, ...rest] = program.split('/');
  return join(dirname(require.resolve(`${name}/package.json`)), ...rest);
}

/** Everything that Git has or would add. */
async function sourceFiles() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { stdout } = await promisify(execFile)('git', args, { cwd: ROOT, maxBuffer: 1 << 26 });
  return new Set(stdout.split('\0').filter((file) => file !== ''));
}
