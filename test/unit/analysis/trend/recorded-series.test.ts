import { describe, expect, test } from 'vitest';
import { CHANNEL_SETTINGS } from '../../../../lib/analysis/trend/channel-settings.js';
import { detect } from '../../../../lib/analysis/trend/detect.js';
import { channelSeries } from '../../../../lib/analysis/trend/floor-series.js';
import { VerdictTracker } from '../../../../lib/analysis/trend/verdict-tracker.js';
import type { Channel } from '../../../../lib/core/analysis-result.js';
import {
  floorsWithin,
  type ProbedRun,
  readProbedRuns,
  WINDOWS,
} from '../../../bench/detect/series.mjs';

const CHANNELS: readonly Channel[] = ['heap', 'external', 'native'];
// The specification's words for the same decisions.
const DECISIONS: Readonly<Record<string, string>> = {
  leak: 'leak',
  plateauing: 'plateau',
  step: 'step',
  suspect: 'suspected',
  'load-confounded': 'load_confounded',
  ok: 'stable',
  insufficient: 'insufficient',
};
const runs = readProbedRuns();

// Growth of a healthy program that slowed down has a better name than suspicion, and a leak whose largest rise was a peak
// in between is no step: docs/detection.md.
const better: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ok: { suspect: expect.stringMatching(/^(plateau|step|suspected)$/) },
  leak: { step: expect.stringMatching(/^(leak|step)$/) },
};

describe('on 140 recorded runs of real programs', () => {
  test.each(WINDOWS)('decides as the specification does, at %i requests', (window) => {
    const decided = runs.flatMap((run) =>
      CHANNELS.map((channel) => {
        const series = channelSeries(floorsWithin(run, window), channel);
        const decision = detect(series, CHANNEL_SETTINGS[channel])?.decision ?? 'insufficient';
        return { run: `${run.scenario}.${run.seed}`, channel, decision };
      }),
    );

    const expected = runs.flatMap((run) =>
      CHANNELS.map((channel) => {
        const [verdict = ''] = run.expected[window]?.[channel] ?? [];
        const decision = better[run.label]?.[verdict] ?? DECISIONS[verdict];
        return { run: `${run.scenario}.${run.seed}`, channel, decision };
      }),
    );
    expect(decided).toEqual(expected);
  });

  test.each(WINDOWS)('measures the rate that the specification does, at %i requests', (window) => {
    for (const run of runs) {
      for (const channel of CHANNELS) {
        const series = channelSeries(floorsWithin(run, window), channel);

        const slope = detect(series, CHANNEL_SETTINGS[channel])?.rate.slope ?? 0;

        const expected = run.expected[window]?.[channel][1] ?? Number.NaN;
        expect(Math.abs(slope - expected)).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected)));
      }
    }
  });

  test('raises every leak online, and withdraws none', () => {
    const leaking = runs.filter(({ label }) => label === 'leak');

    const wrong = leaking.filter((run) => {
      const changes = changesOf(run);
      return changes.length === 0 || changes.some((change) => change.startsWith('withdrawn'));
    });

    expect(wrong.map(({ scenario, seed }) => `${scenario}.${seed}`)).toEqual([]);
  });

  test('withdraws what it raised on a healthy program, once its caches are full', () => {
    const raised = runs.filter(({ label }) => label === 'ok').flatMap(changesOf);

    const count = (kind: string) => raised.filter((change) => change.startsWith(kind)).length;
    expect(count('raised')).toBeLessThanOrEqual(6);
    expect(count('withdrawn')).toBe(count('raised'));
  });
});

function changesOf(run: ProbedRun): string[] {
  const tracker = new VerdictTracker();
  const changes = run.floors.flatMap((floor) => tracker.add(floor));
  return changes.map(({ kind, channel }) => `${kind} ${channel}`);
}
