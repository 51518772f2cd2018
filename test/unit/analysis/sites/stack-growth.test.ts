import { describe, expect, test } from 'vitest';
import { GrowthMeter } from '../../../../lib/analysis/sites/stack-growth.js';

describe('GrowthMeter', () => {
  const requests = [0, 100, 200, 300, 400, 500, 600, 700];
  const twoSessions = [1, 1, 1, 1, 2, 2, 2, 2];
  // The sampler begins anew after the fourth floor.
  const samples = [0, 10, 20, 30, 24, 34, 44, 54];
  const meter = new GrowthMeter(requests, twoSessions);

  test('does not take what the sampler forgets for memory that went', () => {
    const growth = meter.measure({ bytes: samples, samples });

    expect(growth.bytesPerRequest).toBeCloseTo(0.1, 10);
    expect(growth.samples).toBeCloseTo(50, 10);
    expect(growth.tailShare).toBeCloseTo(0.4, 10);
  });

  test('counts the samples that come and go in a session only', () => {
    expect(meter.turnover(samples)).toBe(10 + 30);
  });
});
