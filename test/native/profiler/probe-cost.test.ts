import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunOverhead } from '../../../lib/core/analysis-result.js';
import type { ProbeStats } from '../../../lib/profiler/floor-prober.js';
import { readFixture } from '../run-fixture.js';

const root = join(__dirname, '..', '..', '..');

interface CostReport {
  readonly backend: string;
  readonly probes: ProbeStats;
  /** CPU time that the machine had for the process. */
  readonly capacityMs: number;
  readonly overhead: RunOverhead;
}

describe.each([
  ['concurrent', 'main'],
  ['concurrent', 'worker'],
  ['forced', 'main'],
] as const)('%s probes of 100 MB, %s thread', (mode, place) => {
  test('cost CPU time, which the stats and the analysis tell', async () => {
    const args = [root, mode, place];

    const { probes, capacityMs, overhead } = await readFixture<CostReport>('probe-cost.mjs', {
      args,
    });

    const cpuMs = probes.cpuMs ?? Number.NaN;
    expect(probes.pauseMs).toBeGreaterThan(0);
    // Helper threads have worked too.
    expect(cpuMs).toBeGreaterThan(probes.pauseMs);
    expect(cpuMs).toBeLessThan(capacityMs);
    expect(overhead.probes).toBe(probes.floors);
    expect(overhead.probeCpuMs).toBeCloseTo(cpuMs, 2);
    expect(overhead.probePauseMs).toBeCloseTo(probes.pauseMs, 2);
  });
});

test('the fallback tells the pauses of its probes, and no CPU time', async () => {
  const { backend, probes, overhead } = await readFixture<CostReport>('probe-cost.mjs', {
    args: [root, 'concurrent', 'main'],
    backend: 'fallback',
  });

  expect(backend).toBe('fallback');
  expect(probes.pauseMs).toBeGreaterThan(0);
  expect(probes).not.toHaveProperty('cpuMs');
  expect(overhead).not.toHaveProperty('probeCpuMs');
});
