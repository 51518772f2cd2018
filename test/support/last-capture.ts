import type { LastCapture } from '../../lib/core/last-capture.js';

/** A last capture of a service that keeps orders in memory. */
export function sampleCapture(
  given: { readonly run?: string; readonly thread?: number; readonly timestamp?: number } = {},
): LastCapture {
  const { run = 'k3f9', thread = 0, timestamp = 1_790_000_600_000 } = given;
  return {
    run,
    started: 1_790_000_000_000,
    process: {
      pid: 999_999_999,
      thread,
      node: 'v20.20.2',
      sampleIntervalBytes: 131_072,
      backend: 'native',
    },
    timestamp,
    heap: {
      usedMb: 60,
      totalMb: 70,
      limitMb: 112,
      externalMb: 2,
      mallocedMb: 0.5,
      rssMb: 128,
      spaces: { old_space: 58 },
    },
    sites: [
      {
        function: 'remember',
        file: '/srv/app/orders.js',
        line: 12,
        column: 20,
        liveMb: 50,
        liveSdMb: 2.5,
        liveCount: 100_000,
        stack: ['handle (/srv/app/routes.js:3:1)'],
      },
      {
        function: 'join',
        file: '',
        line: 0,
        column: 0,
        liveMb: 6,
        liveSdMb: 0.8,
        liveCount: 900,
        stack: ['listOnTimeout (node:internal/timers:1:1)', 'label (/srv/app/labels.js:7:9)'],
      },
      {
        function: 'small',
        file: '/srv/app/small.js',
        line: 1,
        column: 1,
        liveMb: 0.5,
        liveSdMb: 0.2,
        liveCount: 10,
        stack: [],
      },
    ],
  };
}
