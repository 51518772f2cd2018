import { execFile } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { PACKAGE } from '../../core/package-root.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { libc } from '../libc.js';

/** What compiles the addon. Fetched for the build only: a service does not need them. */
const TOOLS = { 'node-gyp': '12.4.0', 'node-addon-api': '8.9.2' } as const;

/** Lines of a failed program's output that are shown. */
const SHOWN_LINES = 20;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const run = promisify(execFile);

/** Adds `heaptide build`. */
export function addBuildCommand(program: Command, context: CommandContext): void {
  program
    .command('build')
    .description('build the addon for this Node.js, where no prebuilt binary fits')
    .action(() => build(context));
}

/**
 * Builds in a temporary folder and puts the result among the prebuilt binaries, under the name of this Node.js: after an
 * update to the next major version it is passed over, not loaded by mistake.
 */
async function build(context: CommandContext): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'heaptide-build-'));
  try {
    for (const name of ['native', 'binding.gyp']) {
      await cp(join(PACKAGE.root, name), join(folder, name), { recursive: true });
    }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ dependencies: TOOLS }));
    context.write('Fetching node-gyp and node-addon-api\n');
    await start(folder, ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund']);
    context.write('Compiling\n');
    await start(folder, ['npm', 'exec', '--', 'node-gyp', 'rebuild']);
    const built = join(folder, 'build', 'Release', 'heaptide.node');
    // Fails where npm is set to the headers of another Node.js.
    await start(folder, [process.execPath, '-e', `require(${JSON.stringify(built)}).read()`]);
    context.write(`Built ${await place(built)}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function place(built: string): Promise<string> {
  const { platform, arch, versions } = process;
  const tag = libc()?.split(' ', 1)[0];
  const name = ['heaptide', `abi${versions.modules}`, tag, 'node'].filter(
    (part) => part !== undefined,
  );
  const folder = join(PACKAGE.root, 'prebuilds', `${platform}-${arch}`);
  const binary = join(folder, name.join('.'));
  try {
    await mkdir(folder, { recursive: true });
    await copyFile(built, binary);
  } catch (cause) {
    throw new CommandError(`Cannot write ${binary}`, { cause });
  }
  return binary;
}

/** Runs a program in `folder` to its end. On Windows npm is a script, which only a shell starts. */
async function start(folder: string, [program = '', ...args]: readonly string[]): Promise<void> {
  const isShell = process.platform === 'win32' && program === 'npm';
  const options = { cwd: folder, maxBuffer: MAX_OUTPUT_BYTES, shell: isShell };
  try {
    await run(program, args, options);
  } catch (error) {
    throw new CommandError(`${[program, ...args].join(' ')} failed:\n${lastLines(error)}`);
  }
}

function lastLines(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = ['stdout', 'stderr']
    .map((name) => String(Reflect.get(error, name) ?? ''))
    .join('');
  const lines = (output.trim() === '' ? error.message : output).trim().split('\n');
  return lines.slice(-SHOWN_LINES).join('\n');
}
