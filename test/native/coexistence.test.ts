import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SamplerOwner } from '../../lib/binding/contract.js';
import { loadProfileData } from '../../lib/storage/load.js';
import { readFixture } from './run-fixture.js';

interface Report {
  readonly owners: readonly SamplerOwner[];
  readonly otherSees: boolean;
  readonly otherSeesAfterOurStop?: boolean;
  readonly readSites: boolean;
  readonly internalErrors: number;
  readonly warnings: readonly string[];
}

const root = join(__dirname, '..', '..');
let workspace = '';

/** A second copy of the package, as two versions of a dependency tree have it. */
function secondCopy(): string {
  const copy = join(workspace, 'copy');
  for (const part of ['dist', 'package.json', join('build', 'Release', 'heaptide.node')]) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

let copy = '';
beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'heaptide-test-'));
  copy = secondCopy();
});
afterAll(() => rmSync(workspace, { recursive: true, force: true }));

async function runBeside(other: string, order: string): Promise<Report & { outputDir: string }> {
  const outputDir = join(workspace, `${other}-${order}`);
  const args = [other, order, outputDir, copy];
  return { ...(await readFixture<Report>('coexistence.mjs', { args })), outputDir };
}

async function sitesIn(directory: string): Promise<readonly string[]> {
  const profiles = await loadProfileData(join(directory, 'keep.json'));
  return profiles.flatMap((profile) =>
    'topConsumers' in profile ? (profile.topConsumers ?? []).map((site) => site.function) : [],
  );
}

describe.each(['inspector', 'pprof', 'copy'])('a sampler of another user: %s', (other) => {
  test('that runs already is read, left running, and told once', async () => {
    const report = await runBeside(other, 'before');

    expect(report.owners).toEqual(['foreign']);
    expect(report.readSites).toBe(true);
    expect(await sitesIn(report.outputDir)).toContain('keepNumbers');
    expect(report.otherSees).toBe(true);
    expect(report.otherSeesAfterOurStop).toBe(true);
    expect(report.warnings).toEqual(['HEAPTIDE_SAMPLER_BORROWED']);
    expect(report.internalErrors).toBe(0);
  });
});

test.each(['inspector', 'pprof'])(
  '%s that ends our session is told once, and we go on',
  async (other) => {
    const report = await runBeside(other, 'after');

    expect(report.owners).toEqual(['heaptide', 'heaptide']);
    expect(report.otherSees).toBe(true);
    expect(await sitesIn(report.outputDir)).toContain('keepNumbers');
    expect(report.warnings).toEqual(['HEAPTIDE_SAMPLER_RESTARTED']);
    expect(report.internalErrors).toBe(0);
  },
);

test('a second copy that comes later borrows our session and leaves it running', async () => {
  const report = await runBeside('copy', 'after');

  expect(report.owners).toEqual(['heaptide', 'heaptide']);
  expect(report.otherSees).toBe(true);
  // Told by the copy, whose warnings are its own.
  expect(report.warnings).toEqual(['HEAPTIDE_SAMPLER_BORROWED']);
  expect(report.internalErrors).toBe(0);
});
