import { execFile } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE } from '../core/package-root.js';
import type { EndpointProfiler } from '../profiler/endpoint-profiler.js';

/** The command line. */
const COMMAND_LINE = join(PACKAGE.root, 'dist', 'cli', 'main.js');

/** How old a page may be before it is made anew, in ms. */
const MAX_AGE_MS = 5000;

/** Longest that making a page may take, in ms, and its largest size. */
const TIMEOUT_MS = 60_000;
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** Heap of the process that makes the page, in MB: it must not push the service out of its container. */
const MAX_HEAP_MB = 256;

/** Niceness of that process: the service comes first. */
const LOW_PRIORITY = 10;

const run = promisify(execFile);

/** The report on a running profiler, made by another process and kept for a few seconds. */
export class LivePage {
  readonly #profilerOf: () => EndpointProfiler;
  #inTheMaking: Promise<string> | undefined;
  #page = '';
  #madeAt = Number.NEGATIVE_INFINITY;

  constructor(profilerOf: () => EndpointProfiler) {
    this.#profilerOf = profilerOf;
  }

  /** The page; requests that come while it is made share it. A failure is not kept. */
  async latest(): Promise<string> {
    if (performance.now() - this.#madeAt <= MAX_AGE_MS) return this.#page;
    this.#inTheMaking ??= this.#make().finally(() => {
      this.#inTheMaking = undefined;
    });
    return this.#inTheMaking;
  }

  async #make(): Promise<string> {
    const profiler = this.#profilerOf();
    await profiler.buffer.flushAll();
    this.#page = await runReport(profiler.outputDir);
    this.#madeAt = performance.now();
    return this.#page;
  }
}

async function runReport(directory: string): Promise<string> {
  const made = run(
    process.execPath,
    [`--max-old-space-size=${MAX_HEAP_MB}`, COMMAND_LINE, 'report', directory, '-o', '-'],
    // What the service preloads is not for the report.
    { env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: MAX_PAGE_BYTES, timeout: TIMEOUT_MS },
  );
  lowerPriority(made.child.pid);
  try {
    return (await made).stdout;
  } catch (error) {
    // The command line says in one line what is wrong; the message of the error repeats the command.
    const isTold = error instanceof Error && 'stderr' in error && error.stderr !== '';
    throw isTold ? new Error(String(error.stderr).trim(), { cause: error }) : error;
  }
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, LOW_PRIORITY);
  } catch {
    // It has ended already, or the system does not allow it.
  }
}
