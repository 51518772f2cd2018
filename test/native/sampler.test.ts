import { afterEach, describe, expect, test } from 'vitest';
import { type SamplerOwner, SITE, type SiteColumn } from '../../lib/binding/contract.js';
import { BACKENDS, bindingOf } from './binding.js';
import { readFixture } from './run-fixture.js';

type Site = Readonly<Record<SiteColumn, number>> & {
  readonly frames: ReadonlyArray<string | number>;
};

interface SitesReport {
  readonly totalBytes: number;
  readonly selfBytes: number;
  readonly nodeCount: number;
  readonly readMs: number;
  readonly sites: readonly Site[];
}

interface SamplerReport {
  readonly owner: SamplerOwner;
  readonly arrayBytes: number;
  readonly objectBytes: number;
  readonly before: SitesReport;
  readonly after: SitesReport;
  readonly one: SitesReport;
}

const siteOf = (report: SitesReport, name: string): Site | undefined =>
  report.sites.find(({ frames }) => frames[0] === name);

describe.each(BACKENDS)('%s', (backend) => {
  describe('sites', async () => {
    const report = await readFixture<SamplerReport>('sites.mjs', {
      execArgv: ['--expose-gc', '--sampling-heap-profiler-suppress-randomness'],
      backend,
    });
    const arrays = siteOf(report.after, 'keepArrays');
    const objects = siteOf(report.after, 'keepObjects');

    test('the addon owns the sampler that it started', () => {
      expect(report.owner).toBe('heaptide');
    });

    test('a site names function, file, line and column', () => {
      expect(objects?.frames.slice(0, 4)).toEqual([
        'keepObjects',
        expect.stringMatching(/^file:.*\/leaky\.mjs$/),
        4,
        28,
      ]);
    });

    test('live bytes are those that the function keeps', () => {
      // 100 and more samples each: 10 % is one standard deviation.
      expect((arrays?.liveBytes ?? 0) / report.arrayBytes).toBeGreaterThan(0.7);
      expect((arrays?.liveBytes ?? 0) / report.arrayBytes).toBeLessThan(1.3);
      expect((objects?.liveBytes ?? 0) / report.objectBytes).toBeGreaterThan(0.6);
      expect((objects?.liveBytes ?? 0) / report.objectBytes).toBeLessThan(1.4);
    });

    test('the variance is that of Poisson sampling', () => {
      const { liveBytes = 0, samples = 0, variance = 0 } = objects ?? {};

      expect(samples).toBeGreaterThan(20);
      // 1 for small objects; the array that keeps them is large, and sure to be sampled.
      expect((variance * samples) / liveBytes ** 2).toBeGreaterThan(0.6);
      expect((variance * samples) / liveBytes ** 2).toBeLessThan(2);
    });

    test('growth counts from the baseline', () => {
      const baseline = siteOf(report.before, 'keepArrays');

      expect(objects?.growthBytes).toBe(objects?.liveBytes);
      expect(objects?.growthSamples).toBe(objects?.samples);
      expect(arrays?.growthBytes).toBe((arrays?.liveBytes ?? 0) - (baseline?.liveBytes ?? 0));
    });

    test('the largest and the most grown site are both listed, by size', () => {
      const names = report.one.sites.map(({ frames }) => frames[0]);

      expect(names).toEqual(['keepArrays', 'keepObjects']);
    });

    test('a stack keeps its number from one reading to the next', () => {
      expect(siteOf(report.before, 'keepArrays')?.stack).toBe(arrays?.stack);
    });

    test('functions of heaptide are left out of stacks', () => {
      const frames = report.after.sites.flatMap((site) => site.frames);
      const files = frames.filter((_, index) => index % 4 === 1).map(String);

      expect(frames).toContain('keepArrays');
      expect(files.filter((file) => file.includes('/own/'))).toEqual([]);
    });

    test('what heaptide allocates itself is counted apart, and in the total', () => {
      const listed = report.after.sites.reduce((sum, { liveBytes }) => sum + liveBytes, 0);

      // 20,000 objects of 80 bytes and more.
      expect(report.before.selfBytes).toBeLessThan(100_000);
      expect(report.after.selfBytes).toBeGreaterThan(20_000 * 60);
      expect(report.after.totalBytes).toBeCloseTo(listed + report.after.selfBytes, 3);
    });

    test('the reading says how large the tree is and how long it took', () => {
      expect(report.after.nodeCount).toBeGreaterThan(report.after.sites.length);
      expect(report.after.readMs).toBeGreaterThan(0);
    });
  });

  describe('beside an inspector', async () => {
    const report = await readFixture<Record<string, unknown>>('borrowed-sampler.mjs', { backend });

    test('a sampler that runs already is borrowed', () => {
      expect(report.ownerWhileForeign).toBe('foreign');
      expect(report.borrowedBytes).toBeGreaterThan(1_000_000);
      expect(report.borrowedFrames).toEqual(expect.arrayContaining(['keepArrays']));
    });

    test('a borrowed sampler is never stopped', () => {
      expect(report.foreignSurvivesOurStop).toBe(true);
      expect(report.ownerAfterStop).toBe('none');
    });

    test('a sampler that somebody else stopped is noticed, and can be started again', () => {
      expect(report.ownerWhenFree).toBe('heaptide');
      expect(report.readAfterTheyStoppedOurs).toBeNull();
      expect(report.ownerAfterTheyStoppedOurs).toBe('none');
      expect(report.ownerAgain).toBe('heaptide');
    });

    test('a sampler that took the place of ours is borrowed, not stopped', () => {
      expect(report.ownerOfTheReplacement).toBe('foreign');
      expect(report.bytesOfTheReplacement).toBeGreaterThan(1_000_000);
      expect(report.replacementSurvivesOurStop).toBe(true);
    });
  });

  describe('a sampler that does not run', () => {
    const binding = bindingOf(backend);
    afterEach(() => binding.stopSampler());

    test('reads null', () => {
      expect(binding.readSites(10)).toBeNull();
      expect(binding.samplerOwner()).toBe('none');
    });

    test('stops without effect, also after it ran', () => {
      const options = { intervalBytes: 131_072, stackDepth: 16, selfPath: '/nowhere' };

      binding.stopSampler();
      const owner = binding.startSampler(options);
      binding.stopSampler();
      binding.stopSampler();

      expect(owner).toBe('heaptide');
      expect(binding.readSites(10)).toBeNull();
    });

    test('keeps the stacks that it has seen', () => {
      const kept: number[][] = [];
      binding.startSampler({ intervalBytes: 1024, stackDepth: 16, selfPath: '/nowhere' });
      for (let i = 0; i < 10_000; i++) kept.push([i]);
      const stack = binding.readSites(1)?.rows[SITE.stack] ?? Number.NaN;
      const frames = binding.stackFrames(stack);

      binding.stopSampler();

      expect(kept.length).toBe(10_000);
      expect(frames.length).toBeGreaterThan(0);
      expect(binding.stackFrames(stack)).toEqual(frames);
    });
  });
});
