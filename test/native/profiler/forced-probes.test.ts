import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { profileEndpoint } from '../../../lib/profiler/profile-endpoint.js';
import { temporaryProfiler } from './temporary-profiler.js';

test('forced probes give a floor at every interval, also in a process that allocates nothing else', async () => {
  const probe = { mode: 'forced', minIntervalMs: 100, maxCpuShare: 1 } as const;
  const profiler = temporaryProfiler({ probe });
  const handler = profileEndpoint('quiet', { profiler })(() => 1);

  while (profiler.getStats().probes.floors < 5) {
    for (let request = 0; request < 20; request++) handler();
    await pause(20);
  }

  const { probes } = profiler.getStats();
  expect(probes.floors).toBe(probes.requested);
});

test('an unknown kind of probe is an error that names the kinds', () => {
  const probe = { mode: 'gentle' } as unknown as { readonly mode: 'forced' };

  expect(() => temporaryProfiler({ probe })).toThrow(
    expect.objectContaining({
      code: 'ERR_OUT_OF_RANGE',
      message: expect.stringContaining('concurrent, forced'),
    }),
  );
});
