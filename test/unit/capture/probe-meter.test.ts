import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MeterReading, ProbeMeter } from '../../../lib/capture/probe-meter.js';

function reading(now: number, pauseMs: number, othersMs?: number): MeterReading {
  return { now, pauseMs, ...(othersMs !== undefined && { othersMs }) };
}

test('a probe costs its pauses and what other threads took until the account is closed', () => {
  const meter = new ProbeMeter(reading(0, 10, 50));

  meter.noteRequest(reading(2000, 12, 50));
  const pauseMs = meter.noteFloor(30);
  const cost = meter.settle(() => reading(3000, 99, 450));

  expect(pauseMs).toBe(18);
  expect(cost).toEqual({ pauseMs: 18, cpuMs: 418 });
});

test('what other threads take anyway is left out', () => {
  const meter = new ProbeMeter(reading(0, 0, 0));

  // A worker thread that is always busy, and helpers that take 300 ms.
  meter.noteRequest(reading(2000, 0, 2000));
  meter.noteFloor(5);
  const cost = meter.settle(() => reading(3000, 5, 3300));

  expect(cost?.cpuMs).toBe(305);
});

test('what they take is learned anew between probes', () => {
  const meter = new ProbeMeter(reading(0, 0, 0));
  meter.noteRequest(reading(1000, 0, 0));
  meter.noteFloor(0);
  meter.settle(() => reading(2000, 0, 500));

  meter.noteRequest(reading(4000, 0, 1500));
  meter.noteFloor(0);
  const cost = meter.settle(() => reading(5000, 0, 2200));

  expect(cost?.cpuMs).toBe(200);
});

test('a probe asked for twice before its floor is one, from the first request on', () => {
  const meter = new ProbeMeter(reading(0, 0, 0));
  meter.noteRequest(reading(1000, 1, 0));

  meter.noteRequest(reading(3000, 7, 80));
  const pauseMs = meter.noteFloor(9);
  const cost = meter.settle(() => reading(4000, 9, 90));

  expect(pauseMs).toBe(8);
  expect(cost?.cpuMs).toBe(98);
});

test('a floor that nobody asked for has no cost, and no reading is made for it', () => {
  const meter = new ProbeMeter(reading(0, 0, 0));

  expect(meter.noteFloor(20)).toBeUndefined();
  expect(
    meter.settle(() => {
      throw new Error('a reading');
    }),
  ).toBeUndefined();
});

test('a probe is settled once', () => {
  const meter = new ProbeMeter(reading(0, 0, 0));
  meter.noteRequest(reading(1, 0, 0));
  meter.noteFloor(0);

  const costs = [meter.settle(() => reading(2, 0, 0)), meter.settle(() => reading(3, 0, 0))];

  expect(costs).toEqual([{ pauseMs: 0, cpuMs: 0 }, undefined]);
});

test('only the pauses are told where the CPU time is not known', () => {
  const meter = new ProbeMeter(reading(0, 0));
  meter.noteRequest(reading(1000, 0));
  meter.noteFloor(6);

  expect(meter.settle(() => reading(2000, 6))).toEqual({ pauseMs: 6 });
});

test('a cost is never below the pauses, nor above what the helpers can take', () => {
  const step = fc.record({
    elapsed: fc.double({ min: 0, max: 1e6, noNaN: true }),
    pause: fc.double({ min: 0, max: 1e5, noNaN: true }),
    // Clocks of single threads can be read a little out of order.
    others: fc.double({ min: -10, max: 1e8, noNaN: true }),
  });
  fc.assert(
    fc.property(step, step, step, (before, probe, after) => {
      const start = reading(0, 0, 1000);
      const asked = reading(before.elapsed, before.pause, 1000 + before.others);
      const end = reading(
        asked.now + probe.elapsed + after.elapsed,
        asked.pauseMs + probe.pause + after.pause,
        1000 + before.others + probe.others + after.others,
      );
      const meter = new ProbeMeter(start);
      meter.noteRequest(asked);
      const pauseMs = meter.noteFloor(asked.pauseMs + probe.pause) ?? Number.NaN;

      const cpuMs = meter.settle(() => end)?.cpuMs ?? Number.NaN;

      expect(cpuMs).toBeGreaterThanOrEqual(pauseMs);
      expect(cpuMs - pauseMs).toBeLessThanOrEqual(4 * (probe.elapsed + after.elapsed) + 1e-3);
    }),
  );
});
