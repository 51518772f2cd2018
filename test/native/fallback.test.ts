import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { bindingOf, collectGarbage } from './binding.js';
import { readFixture, runFixture } from './run-fixture.js';

const root = join(__dirname, '..', '..');

interface ServiceReport {
  readonly backend: string;
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly floors: number;
  readonly samplerOwner: string;
  readonly internalErrors: number;
  readonly verdict: string;
  readonly warningsOfAnalysis: readonly string[];
}

describe('a service on the fallback', async () => {
  const report = await readFixture<ServiceReport>('fallback-service.mjs', {
    backend: 'fallback',
    args: [root, '110'],
  });

  test('is profiled, and says once what it is profiled with', () => {
    expect(report.backend).toBe('fallback');
    expect(report.warnings.map(({ code }) => code)).toEqual(['HEAPTIDE_FALLBACK']);
    expect(report.warnings[0]?.message).toContain('HEAPTIDE_BACKEND');
    expect(report.internalErrors).toBe(0);
  });

  test('sees floors by probes, and allocation sites', () => {
    expect(report.floors).toBeGreaterThanOrEqual(7);
    expect(report.samplerOwner).toBe('heaptide');
  });

  test('is analyzed as any other, with the fallback among the warnings', () => {
    expect(['growing', 'leak']).toContain(report.verdict);
    expect(report.warningsOfAnalysis.join()).toContain('JavaScript fallback');
  });
});

test('a package without a binary loads, and profiles on the fallback', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heaptide-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

  const report = await readFixture<ServiceReport>('fallback-service.mjs', {
    args: [folder, '1'],
  });

  expect(report.backend).toBe('fallback');
  expect(report.warnings).toEqual([
    { code: 'HEAPTIDE_FALLBACK', message: expect.stringContaining('No native build') },
  ]);
});

test('workers on the fallback may be terminated while they sample', async () => {
  const end = await runFixture('fallback-workers.mjs', { backend: 'fallback' });

  expect(end).toMatchObject({ code: 0, signal: null, stdout: 'ended 12\n' });
});

test('a process without a free file descriptor is still read', () => {
  const program = join(__dirname, 'fixtures', 'no-descriptors.mjs');
  const command = `ulimit -n 64; exec "${process.execPath}" --expose-gc "${program}"`;

  const output = execFileSync('sh', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, HEAPTIDE_BACKEND: 'fallback' },
  });

  expect(JSON.parse(output)).toEqual({ refused: 'EMFILE', majorCount: 1, rss: true });
});

test('sites are not read where that would stop the service for long', async () => {
  const report = await readFixture<Record<string, unknown>>('large-heap.mjs', {
    backend: 'fallback',
  });

  expect(report).toEqual({ owner: 'heaptide', small: true, large: false });
});

describe('reading sites', () => {
  const binding = bindingOf('fallback');
  const kept: number[][] = [];
  const keepSome = () => {
    for (let i = 0; i < 20_000; i++) kept.push([i]);
  };
  afterEach(() => {
    binding.stopSampler();
    binding.stopGcObserver();
  });

  test('happens once per major GC, because each reading causes one', () => {
    binding.startGcObserver();
    binding.startSampler({ intervalBytes: 1024, stackDepth: 16, selfPath: '/nowhere' });
    keepSome();
    const first = binding.readSites(10)?.totalBytes ?? Number.NaN;
    keepSome();
    const second = binding.readSites(10)?.totalBytes;
    collectGarbage();
    const third = binding.readSites(10)?.totalBytes;

    expect(first).toBeGreaterThan(100_000);
    expect(second).toBe(first);
    expect(third).toBeGreaterThan(1.5 * first);
  });
});
