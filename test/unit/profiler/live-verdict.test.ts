import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { LiveDetector } from '../../../lib/analysis/live-detector.js';
import type { TimelineEntry } from '../../../lib/core/timeline.js';
import { LiveVerdict, type VerdictEvent } from '../../../lib/profiler/live-verdict.js';
import { simulate } from '../../support/synthetic-run.js';

const { timeline } = simulate({ endpoints: [{ name: 'GET /leak', heapBytes: 2000 }], floors: 300 });
const floors = timeline.filter(({ kind }) => kind === 'floor');

/** A live verdict whose detector arrives, or fails to, when the test says so. */
function follow() {
  const events: VerdictEvent[] = [];
  const errors: unknown[] = [];
  const loads: { readonly arrive: () => void; readonly fail: (error: Error) => void }[] = [];
  const verdict = new LiveVerdict({
    run: 'r1',
    onChange: (event) => events.push(event),
    onError: (error) => errors.push(error),
    load: () =>
      new Promise((resolve, reject) => {
        loads.push({ arrive: () => resolve({ LiveDetector }), fail: reject });
      }),
  });
  const add = (some: readonly TimelineEntry[]) => {
    for (const floor of some) verdict.add(floor);
  };
  return { verdict, events, errors, loads, add };
}

describe('the live verdict', () => {
  test('takes the floors that came while the detector was loaded', async () => {
    const { verdict, events, loads, add } = follow();
    add(floors.slice(0, 20));
    loads[0]?.arrive();
    await turn();

    add(floors.slice(20));

    expect(verdict.current).toMatchObject({ verdict: 'leak', run: 'r1' });
    expect(events).toMatchObject([{ kind: 'raised', channel: 'heap', run: 'r1' }]);
  });

  test('keeps the latest floors only while the detector does not arrive', async () => {
    const { verdict, loads, add } = follow();
    add(floors);

    loads[0]?.arrive();
    await turn();

    expect(verdict.current?.trends.heap.points).toBe(64);
  });

  test('gives up when the detector cannot be loaded, and says so once', async () => {
    const { verdict, errors, loads, add } = follow();
    add(floors.slice(0, 20));
    loads[0]?.fail(new Error('gone'));
    await turn();

    add(floors.slice(20));
    await turn();

    expect(errors).toMatchObject([{ message: 'gone' }]);
    expect(loads).toHaveLength(1);
    expect(verdict.current).toBeUndefined();
  });
});
