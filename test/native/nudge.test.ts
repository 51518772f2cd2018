import { describe, expect, test } from 'vitest';
import { BACKENDS } from './binding.js';
import { readFixture } from './run-fixture.js';

interface NudgeReport {
  readonly isRequested: boolean;
  readonly majorDuringCall: number;
  readonly majorAfterwards: number;
  readonly externalMoved: number;
  readonly incremental: number;
}

describe.each(BACKENDS)('%s', (backend) => {
  test('one concurrent major GC follows a request, and none runs inside it', async () => {
    const report = await readFixture<NudgeReport>('nudge.mjs', { backend });

    expect(report.isRequested).toBe(true);
    expect(report.majorDuringCall).toBe(0);
    expect(report.majorAfterwards).toBe(1);
    expect(report.incremental).toBeGreaterThanOrEqual(1);
    expect(report.externalMoved).toBe(0);
  });

  test('a heap too small for it refuses the request instead of stopping the world', async () => {
    const report = await readFixture<NudgeReport>('nudge.mjs', {
      execArgv: ['--max-old-space-size=64'],
      backend,
    });

    expect(report.isRequested).toBe(false);
    expect(report.majorDuringCall).toBe(0);
  });
});
