import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ProbePace } from '../../../lib/capture/probe-pace.js';

const options = {
  enabled: true,
  mode: 'concurrent' as const,
  minIntervalMs: 2000,
  maxCpuShare: 0.01,
};
const cheap = { pauseMs: 1, cpuMs: 10, liveMb: 10 };

/** Ticks once a second as the timeline does; the floor of a probe arrives half a second later. */
function simulate({
  pace,
  seconds,
  requestsPerSecond = 100,
  cost = cheap,
}: {
  pace: ProbePace;
  seconds: number;
  requestsPerSecond?: number;
  cost?: { pauseMs: number; cpuMs?: number; liveMb: number };
}): number[] {
  const probes: number[] = [];
  for (let now = 1000; now <= seconds * 1000; now += 1000) {
    const requests = (now / 1000) * requestsPerSecond;
    if (!pace.isDue({ now, requests, inFlight: 4 })) continue;
    probes.push(now);
    pace.noteRequest(now);
    pace.noteFloor({ now: now + 500, requests, isProbed: true });
    pace.noteCost(cost);
  }
  return probes;
}

test('gives a window of any length from 1 minute to 1 hour a few dozen floors', () => {
  for (const seconds of [60, 120, 300, 900, 3600]) {
    const probes = simulate({ pace: new ProbePace(options, 0), seconds });
    const window = probes.filter((time) => time > seconds * 200);

    expect(window.length).toBeGreaterThanOrEqual(12);
    expect(window.length).toBeLessThanOrEqual(90);
  }
});

test('never probes more often than the shortest interval', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 20_000 }), (minIntervalMs) => {
      const probes = simulate({
        pace: new ProbePace({ ...options, minIntervalMs }, 0),
        seconds: 200,
      });
      const gaps = probes.slice(1).map((time, index) => time - (probes[index] ?? 0));

      expect(Math.min(...gaps, Number.POSITIVE_INFINITY)).toBeGreaterThanOrEqual(minIntervalMs);
    }),
  );
});

test('counts the interval from the moment a probe was asked for, not from its floor', () => {
  const probes = simulate({ pace: new ProbePace(options, 0), seconds: 45 });

  expect(probes).toHaveLength(22);
});

test('keeps the share of the time in the long run, whatever single probes cost', () => {
  const costs = fc.array(fc.record({ pauseMs: fc.nat(200), cpuMs: fc.nat(2000) }), {
    minLength: 1,
  });
  const share = fc.double({ min: 0.001, max: 1, noNaN: true });
  fc.assert(
    fc.property(costs, share, fc.integer({ min: 1, max: 4096 }), (all, maxCpuShare, liveMb) => {
      const pace = new ProbePace({ ...options, minIntervalMs: 100, maxCpuShare }, 0);
      let [now, taken, dearest] = [0, 0, liveMb];
      for (const cost of all) {
        // The next probe comes as soon as the pace allows it, if it ever does.
        while (!pace.isDue({ now, requests: now, inFlight: 1 })) now += 1000;
        // What was taken so far fits in the time so far and a minute in advance, but for the probe that went beyond.
        expect(taken).toBeLessThanOrEqual((now + 60_000) * maxCpuShare + dearest);
        pace.noteRequest(now);
        pace.noteFloor({ now: now + 500, requests: now, isProbed: true });
        pace.noteCost({ ...cost, liveMb });
        taken += cost.cpuMs;
        dearest = Math.max(dearest, cost.cpuMs);
      }
    }),
  );
});

test('goes by the CPU time measured, not by the size of the heap', () => {
  const cost = { pauseMs: 5, cpuMs: 40, liveMb: 2000 };

  const probes = simulate({ pace: new ProbePace(options, 0), seconds: 1800, cost });

  expect(probes.length).toBeGreaterThan(30);
});

test('does not probe again before the cost of a probe is known', () => {
  const pace = new ProbePace(options, 0);
  pace.noteRequest(2000);

  pace.noteFloor({ now: 4500, requests: 100, isProbed: true });

  expect(pace.isDue({ now: 100_000, requests: 10_000, inFlight: 1 })).toBe(false);
});

test('pays for a dear probe with waiting, but for what a minute allows in advance', () => {
  const pace = new ProbePace(options, 0);
  pace.noteRequest(2000);
  pace.noteFloor({ now: 2000, requests: 100, isProbed: true });

  pace.noteCost({ pauseMs: 1, cpuMs: 900, liveMb: 400 });

  // 900 ms are 1 % of 90 s, of which 60 s are in advance.
  expect(pace.isDue({ now: 31_999, requests: 999, inFlight: 1 })).toBe(false);
  expect(pace.isDue({ now: 32_000, requests: 999, inFlight: 1 })).toBe(true);
});

test('has a young run probe as often as it may while that costs less than a minute allows', () => {
  const cost = { pauseMs: 8, cpuMs: 45, liveMb: 50 };

  const probes = simulate({ pace: new ProbePace(options, 0), seconds: 40, cost });

  expect(probes).toHaveLength(20);
});

test('is not silenced for long by a single slow probe', () => {
  const pace = new ProbePace(options, 0);
  simulate({ pace, seconds: 30 });
  pace.noteRequest(30_000);
  pace.noteFloor({ now: 30_500, requests: 3000, isProbed: true });
  pace.noteCost({ pauseMs: 400, cpuMs: 400, liveMb: 10 });

  expect(pace.isDue({ now: 45_000, requests: 4500, inFlight: 1 })).toBe(true);
});

test('takes a large heap for a dear probe where only the pauses are known', () => {
  const cost = { pauseMs: 5, liveMb: 400 };

  const probes = simulate({ pace: new ProbePace(options, 0), seconds: 300, cost });

  expect(probes.length).toBeLessThanOrEqual(8);
});

test('leaves it to natural major GCs where they suffice', () => {
  const pace = new ProbePace(options, 0);

  const due = Array.from({ length: 60 }, (_, second) => {
    const now = (second + 1) * 1000;
    pace.noteFloor({ now, requests: second * 100, isProbed: false });
    return pace.isDue({ now: now + 900, requests: second * 100 + 90, inFlight: 1 });
  });

  expect(due).not.toContain(true);
});

test('does not probe an idle service', () => {
  const probes = simulate({ pace: new ProbePace(options, 0), seconds: 600, requestsPerSecond: 0 });

  expect(probes).toEqual([]);
});

test('waits for a quiet moment, but not for ever', () => {
  const pace = new ProbePace(options, 0);
  for (let now = 100; now < 2000; now += 100) pace.isDue({ now, requests: 0, inFlight: 2 });

  expect(pace.isDue({ now: 2000, requests: 100, inFlight: 40 })).toBe(false);
  expect(pace.isDue({ now: 2100, requests: 110, inFlight: 1 })).toBe(true);
  expect(pace.isDue({ now: 3000, requests: 120, inFlight: 90 })).toBe(true);
});

test('is silent when it is switched off', () => {
  const pace = new ProbePace({ ...options, enabled: false }, 0);

  expect(simulate({ pace, seconds: 60 })).toEqual([]);
});
