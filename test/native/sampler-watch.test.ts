import { describe, expect, onTestFinished, test } from 'vitest';
import { SamplerWatch } from '../../lib/profiler/sampler-watch.js';
import { Warnings } from '../../lib/profiler/warnings.js';
import { BACKENDS, bindingOf } from './binding.js';

const MIB = 1024 * 1024;
const SAMPLER = { stackDepth: 16, selfPath: '/nowhere' };

describe.each(BACKENDS)(
  'the sampler of a service that allocates too much, %s backend',
  (backend) => {
    test('begins anew with a larger interval, once', () => {
      const binding = bindingOf(backend);
      binding.startSampler({ ...SAMPLER, intervalBytes: 8192 });
      onTestFinished(() => binding.stopSampler());
      const watch = new SamplerWatch({
        reader: binding,
        options: SAMPLER,
        sites: { sampleIntervalBytes: 8192, maxSamplesPerSecond: 500 },
        warnings: new Warnings(),
      });
      const kept = Array.from({ length: 20_000 }, (_, index) => [index]);
      const before = binding.readSites(10);

      watch.tick({ now: 0, allocated: 0, live: 0, isCrowded: false });
      watch.tick({ now: 10_000, allocated: 200 * MIB, live: 50 * MIB, isCrowded: false });
      watch.tick({ now: 20_000, allocated: 300 * MIB, live: 50 * MIB, isCrowded: false });

      const after = binding.readSites(10);
      expect(kept).toHaveLength(20_000);
      expect(before?.intervalBytes).toBe(8192);
      expect(after?.intervalBytes).toBe(32_768);
      expect(after?.session).toBeGreaterThan(before?.session ?? Number.NaN);
      expect(after?.totalBytes).toBeLessThan(before?.totalBytes ?? Number.NaN);
      expect(binding.samplerOwner()).toBe('heaptide');
    });
  },
);
