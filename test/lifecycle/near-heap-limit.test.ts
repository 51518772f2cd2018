import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { LastCapture, LastSite } from '../../lib/core/last-capture.js';
import { analyzeProfileDirectory } from '../../lib/diagnosis/analyze-directory.js';
import { readLastCaptures } from '../../lib/storage/last-capture.js';
import { loadProfileData } from '../../lib/storage/load.js';
import { type ProgramEnd, runProgram } from './run-program.js';

/** Deaths per thread kind; HEAPTIDE_TEST_DEATHS=20 tries harder. */
const DEATHS = Number(process.env['HEAPTIDE_TEST_DEATHS'] ?? 4);

const LIMIT = '--max-old-space-size=64';

/** What the program keeps, and the function that keeps it. */
const LEAKS = [
  { what: 'objects', culprit: 'rememberObjects' },
  { what: 'strings', culprit: 'rememberStrings' },
  { what: 'entries', culprit: 'rememberEntries' },
  { what: 'arrays', culprit: 'rememberArrays' },
] as const;

const deaths = Array.from({ length: DEATHS }, (_, n) => {
  const { what, culprit } = LEAKS[n % LEAKS.length] ?? LEAKS[0];
  return { n: n + 1, what, culprit };
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A function and its callers: what a built-in function made belongs to them. */
function namesIn({ function: name, stack }: LastSite): string {
  return [name, ...stack].join(' ');
}

/** The function with the most live memory, and its callers. */
function namesOf(capture: LastCapture | undefined): string {
  const [largest] = capture?.sites ?? [];
  return largest === undefined ? '' : namesIn(largest);
}

/** Share of all live memory that the function, or what it called, allocated. */
function shareOf(capture: LastCapture | undefined, culprit: string): number {
  const sites = capture?.sites ?? [];
  return sumLive(sites.filter((site) => namesIn(site).includes(culprit))) / sumLive(sites);
}

function sumLive(sites: readonly LastSite[]): number {
  return sites.reduce((sum, { liveMb }) => sum + liveMb, 0);
}

function leak(directory: string, what: string, where: 'main' | 'worker'): Promise<ProgramEnd> {
  const execArgv = where === 'main' ? [LIMIT] : [];
  return runProgram({ name: 'leaking.mjs', args: [directory, what, where], execArgv });
}

describe('a process that dies of its heap', () => {
  test.each(deaths)('leaves what was alive: $what ($n)', async ({ what, culprit }) => {
    const directory = temporaryDirectory();

    const end = await leak(directory, what, 'main');

    expect(end.signal).toBe('SIGABRT');
    expect(end.stderr).toContain('heap out of memory');
    const { entries, skipped } = await readLastCaptures(directory);
    expect(skipped).toBe(0);
    expect(entries).toHaveLength(1);
    expect(namesOf(entries[0])).toContain(culprit);
    // No size: the sampler may have begun anew shortly before, and knows less since.
    expect(shareOf(entries[0], culprit)).toBeGreaterThan(0.75);
  });

  test('is said to have died near its heap limit, and of what', async () => {
    const directory = temporaryDirectory();
    const end = await leak(directory, 'objects', 'main');

    const analysis = await analyzeProfileDirectory(directory);

    expect(end.stderr).toContain('heap out of memory');
    expect(analysis.runs.map(({ ended }) => ended)).toEqual(['near_heap_limit']);
    expect(analysis.runs[0]?.lastCapture?.sites?.[0]?.function).toBe('rememberObjects');
    expect(analysis.warnings.join('\n')).toMatch(
      /died near its heap limit at .* UTC: .* MB live, of which .* MB from rememberObjects \(leaking\.mjs:\d+:\d+\)/,
    );
  });

  test('leaves it where only its owner can read it', async () => {
    const directory = temporaryDirectory();

    await leak(directory, 'objects', 'main');

    const [name = ''] = readdirSync(directory).filter((file) => file.startsWith('_last_capture-'));
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory).filter((file) => file.endsWith('.draft'))).toEqual([]);
  });

  test('writes the snapshot that Node.js was asked for, too', async () => {
    const directory = temporaryDirectory();

    const end = await runProgram({
      name: 'leaking.mjs',
      args: [join(directory, 'profiles'), 'objects', 'main'],
      // Small, since a snapshot takes seconds.
      execArgv: ['--max-old-space-size=32', '--heapsnapshot-near-heap-limit=1'],
      cwd: directory,
    });

    expect(end.signal).toBe('SIGABRT');
    const snapshots = readdirSync(directory).filter((file) => file.endsWith('.heapsnapshot'));
    expect(snapshots).toHaveLength(1);
    expect((await readLastCaptures(join(directory, 'profiles'))).entries).toHaveLength(1);
  });

  test('dies as it would without heaptide where the directory cannot be made', async () => {
    const blocked = join(temporaryDirectory(), 'file');
    writeFileSync(blocked, '');

    const end = await leak(join(blocked, 'profiles'), 'objects', 'main');

    expect(end.signal).toBe('SIGABRT');
    expect(end.stderr).toContain('heap out of memory');
  });
});

describe('a worker that dies of its heap', () => {
  test.each(deaths)('leaves what was alive: $what ($n)', async ({ what, culprit }) => {
    const directory = temporaryDirectory();

    const end = await leak(directory, what, 'worker');

    expect({ code: end.code, said: end.stdout.trim() }).toEqual({
      code: 0,
      said: 'ERR_WORKER_OUT_OF_MEMORY',
    });
    const { entries } = await readLastCaptures(directory);
    expect(entries.map(({ process }) => process.thread)).toEqual([1]);
    expect(namesOf(entries[0])).toContain(culprit);
  });

  test('is said to have died near its heap limit', async () => {
    const directory = temporaryDirectory();
    await leak(directory, 'objects', 'worker');

    const analysis = await analyzeProfileDirectory(directory);

    expect(analysis.runs.map(({ ended }) => ended)).toEqual(['near_heap_limit']);
    expect(analysis.warnings.join('\n')).toContain('worker thread 1, died near its heap limit');
  });
});

describe('a process that recovers', () => {
  test('gives the limit back and captures its next request', async () => {
    const directory = temporaryDirectory();

    const end = await runProgram({
      name: 'recovering.mjs',
      args: [directory],
      execArgv: [LIMIT, '--expose-gc'],
    });

    const limits: { before: number; raised: number; after: number } = JSON.parse(end.stdout);
    expect(end.code).toBe(0);
    expect(limits.raised).toBeGreaterThan(limits.before);
    expect(limits.after).toBe(limits.before);
    const profiles = await loadProfileData(join(directory, 'order.json'));
    const reasons = profiles.map((profile) => ('reason' in profile ? profile.reason : undefined));
    expect(reasons.filter((reason) => reason === 'near_heap_limit')).toHaveLength(1);
    const analysis = await analyzeProfileDirectory(directory);
    expect(analysis.runs.map(({ ended }) => ended)).toEqual(['clean']);
    expect(analysis.warnings.join('\n')).toContain('came near its heap limit');
  });
});

test('the command line says it', async () => {
  const directory = temporaryDirectory();
  await leak(directory, 'objects', 'main');
  const cli = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

  const output = execFileSync(process.execPath, [cli, 'analyze', directory], { encoding: 'utf8' });

  expect(output).toContain('died near its heap limit');
  expect(output).toContain('rememberObjects');
});
