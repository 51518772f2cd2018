import { describe, expect, test } from 'vitest';
import type { FloorPoint } from '../../../../lib/analysis/floor-point.js';
import { FloorRing, RING_CAPACITY, thinned } from '../../../../lib/analysis/trend/floor-ring.js';
import { VerdictTracker } from '../../../../lib/analysis/trend/verdict-tracker.js';
import { floors } from './floors.js';

function follow(tracker: VerdictTracker, points: readonly FloorPoint[]) {
  return points.flatMap((point) =>
    tracker.add(point).map(({ kind, channel }) => `${kind} ${channel} at ${point.request}`),
  );
}

describe('the verdict tracker', () => {
  test('raises a leak once, after the requests that confirm it', () => {
    const tracker = new VerdictTracker();

    const changes = follow(tracker, floors({ count: 200, heap: (request) => 1_024 * request }));

    expect(changes).toEqual(['raised heap at 6000']);
    expect(tracker.trends.heap.verdict).toBe('leak');
  });

  test('says nothing about a healthy process', () => {
    const tracker = new VerdictTracker();

    expect(follow(tracker, floors({ count: 200 }))).toEqual([]);
    expect(tracker.trends.heap.verdict).toBe('stable');
  });

  test('withdraws a leak when its growth has stopped, and raises it anew when it goes on', () => {
    const tracker = new VerdictTracker();
    const heap = (request: number) =>
      1_024 * (Math.min(request, 10_000) + Math.max(0, request - 60_000));

    const changes = follow(tracker, floors({ count: 2_000, heap })).map(
      (change) => change.split(' ')[0],
    );

    expect(changes).toEqual(['raised', 'withdrawn', 'raised']);
  });

  test('follows each channel apart', () => {
    const tracker = new VerdictTracker();
    const rising = (request: number) => 16_384 * request;

    const changes = follow(tracker, floors({ count: 100, heap: rising, external: rising }));

    expect(changes.map((change) => change.split(' ').slice(0, 2).join(' '))).toEqual([
      'raised heap',
      'raised external',
    ]);
  });

  test('looks at the end of a run, whatever the number of requests', () => {
    const tracker = new VerdictTracker({ confirmAfterRequests: 1_000 });
    const points = floors({ count: 100, heap: (request) => 1_024 * request });
    const before = follow(tracker, points.slice(0, 11));

    const changes = tracker.look();

    expect(before).toEqual([]);
    expect(changes).toHaveLength(1);
  });

  test('knows the trends of all floors at any time, also before anything can be confirmed', () => {
    const tracker = new VerdictTracker();

    const changes = follow(tracker, floors({ count: 40, heap: (request) => 1_024 * request }));

    expect(changes).toEqual([]);
    expect(tracker.trends.heap).toMatchObject({ verdict: 'growing', points: 40 });
  });

  test('does not look twice at the same floors', () => {
    const tracker = new VerdictTracker();
    follow(tracker, floors({ count: 50, heap: (request) => 1_024 * request }));
    tracker.look();
    const trends = tracker.trends;

    tracker.look();

    expect(tracker.trends).toBe(trends);
  });

  test('ignores floors that are not usable', () => {
    const tracker = new VerdictTracker();
    const bad = [Number.NaN, -1, 0.5, 2 ** 53, Infinity].flatMap((request) =>
      floors({ count: 1 }).map((point) => ({ ...point, request })),
    );

    expect(follow(tracker, bad)).toEqual([]);
    expect(tracker.look()).toEqual([]);
    expect(tracker.trends.heap.points).toBe(0);
  });

  test('has insufficient trends before the first floor', () => {
    const tracker = new VerdictTracker();

    expect(tracker.look()).toEqual([]);
    expect(tracker.trends.heap.verdict).toBe('insufficient');
  });
});

describe('the ring of floors', () => {
  test('never holds more than its capacity, and keeps the first, the order and the recent half', () => {
    const points = floors({ count: 5_000 });
    const ring = new FloorRing();

    for (const point of points) {
      ring.add(point);
      expect(ring.points.length).toBeLessThanOrEqual(RING_CAPACITY);
    }

    const requests = ring.points.map(({ request }) => request);
    expect(requests[0]).toBe(100);
    expect(requests).toEqual([...requests].sort((a, b) => a - b));
    expect(ring.points.slice(-100)).toEqual(points.slice(-100));
  });

  test('keeps a series that fits as it is', () => {
    const points = floors({ count: RING_CAPACITY });

    expect(thinned(points)).toEqual(points);
  });
});
