import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Binding } from '../../binding/contract.js';
import { findBinary, loadBinding } from '../../binding/load.js';
import { codeOf } from '../../core/errors.js';
import { PACKAGE } from '../../core/package-root.js';
import { resolveOptions } from '../../core/resolve-options.js';
import { manifestOptions } from '../../profiler/manifest-options.js';
import type { CommandContext } from '../command-context.js';
import { EXIT_CODE } from '../exit-code.js';
import { libc } from '../libc.js';

/** Fine enough to see what {@link allocate} leaves. */
const SAMPLE_INTERVAL_BYTES = 4096;
const STACK_DEPTH = 8;
const ALLOCATED_BYTES = 8 * 1024 * 1024;

/** One line of what the doctor says. */
interface Finding {
  readonly name: string;
  readonly text: string;
  readonly isProblem: boolean;
}

/** Adds `heaptide doctor`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  program
    .command('doctor')
    .description('say whether heaptide works on this machine, and what it uses')
    .argument('[directory]', 'where profiles are to be written; the configured one if not given')
    .option('--json', 'print JSON, schema heaptide.doctor/1')
    .action((directory: string | undefined, { json }: { readonly json?: true }) =>
      examine(directory, { context, isJson: json === true }),
    );
}

async function examine(
  directory: string | undefined,
  { context, isJson }: { readonly context: CommandContext; readonly isJson: boolean },
): Promise<void> {
  const findings = [
    ...describeMachine(),
    ...examineBackend(),
    await examineDirectory(directory ?? configuredDirectory()),
  ];
  context.write(isJson ? toJson(findings) : toText(findings));
  if (findings.some(({ isProblem }) => isProblem)) context.exitCode = EXIT_CODE.badInput;
}

function describeMachine(): readonly Finding[] {
  const { platform, arch, version, versions } = process;
  const parts = [`${platform}-${arch}`, libc()].filter((part) => part !== undefined);
  return [
    fine('platform', parts.join(', ')),
    fine('node', `${version}, ABI ${versions.modules}`),
    fine('package', PACKAGE.root),
  ];
}

function examineBackend(): readonly Finding[] {
  const { binding, fallbackReason } = loadBinding();
  const backend = {
    name: 'backend',
    text: binding.backend,
    isProblem: fallbackReason !== undefined,
  };
  const binary = fallbackReason ?? findBinary(PACKAGE.root) ?? 'none';
  return [backend, { ...backend, name: 'binary', text: binary }, examineSampler(binding)];
}

/** Samples for a moment. Whoever samples already, such as an agent that `NODE_OPTIONS` loads, goes on. */
function examineSampler(binding: Binding): Finding {
  const owner = binding.startSampler({
    intervalBytes: SAMPLE_INTERVAL_BYTES,
    stackDepth: STACK_DEPTH,
    selfPath: PACKAGE.ownScripts,
  });
  const kept = allocate();
  const bytes = binding.readSites(1)?.totalBytes ?? 0;
  binding.stopSampler();
  const works = kept.length > 0 && bytes > 0;
  const whose =
    owner === 'foreign' ? 'another agent runs it, heaptide reads it' : 'heaptide runs it';
  return {
    name: 'sampler',
    text: works ? `works: ${whose}` : 'does not work: no function will be named',
    isProblem: !works,
  };
}

function allocate(): readonly (readonly number[])[] {
  return Array.from({ length: ALLOCATED_BYTES / 8192 }, () => new Array<number>(1024).fill(0));
}

function configuredDirectory(): string {
  const manifest = manifestOptions();
  return resolveOptions({}, { env: process.env, manifest, warn: () => {} }).outputDir;
}

/** heaptide makes the directory when it needs it, so its nearest ancestor decides where it does not exist. */
async function examineDirectory(directory: string): Promise<Finding> {
  const path = resolve(directory);
  const problem = await writingProblem(path);
  const text = problem === undefined ? `${path}, writable` : `${path}, not writable: ${problem}`;
  return { name: 'directory', text, isProblem: problem !== undefined };
}

async function writingProblem(path: string): Promise<string | undefined> {
  try {
    if (!(await stat(path)).isDirectory()) return 'ENOTDIR';
    await access(path, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = String(codeOf(error) ?? error);
    if (code !== 'ENOENT' || dirname(path) === path) return code;
    // What is missing is made, but not at the far end of a link.
    return (await isLink(path)) ? `the link ${path} leads nowhere` : writingProblem(dirname(path));
  }
}

async function isLink(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats?.isSymbolicLink() === true;
}

function fine(name: string, text: string): Finding {
  return { name, text, isProblem: false };
}

function toText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.map(
    ({ name, text, isProblem }) => `${isProblem ? '!' : ' '} ${name.padEnd(width)}  ${text}\n`,
  );
  return lines.join('');
}

function toJson(findings: readonly Finding[]): string {
  const entries = findings.map(({ name, text }) => [name, text]);
  const problems = findings.filter(({ isProblem }) => isProblem).map(({ name }) => name);
  return `${JSON.stringify({ schema: 'heaptide.doctor/1', ...Object.fromEntries(entries), problems })}\n`;
}
