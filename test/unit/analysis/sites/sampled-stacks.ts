// Histories of sampled stacks, as functions of the floor.
import type { FloorPoint } from '../../../../lib/analysis/floor-point.js';
import type { FloorWindow } from '../../../../lib/analysis/run/run-history.js';
import type { SiteHistory } from '../../../../lib/analysis/sites/stack-series.js';
import type { StackFrame } from '../../../../lib/core/profile.js';

/** Bytes between samples. */
export const INTERVAL = 128 * 1024;
const FLOORS = 41;
/** Requests finished at each of the floors. */
export const requests = Array.from({ length: FLOORS }, (_, index) => index * 100);

export function frame(name: string, file = '/srv/app.js'): StackFrame {
  return { function: name, file, line: 1, column: 1 };
}

/** A stack of functions of the application, innermost first, with samples as a function of the floor. */
export function stack(names: readonly string[], samples: (floor: number) => number) {
  const values = requests.map((_, floor) => Math.floor(samples(floor)));
  return {
    frames: names.map((name) =>
      name.includes('node:') ? frame(name.split(' ')[0] ?? '', name.split(' ')[1]) : frame(name),
    ),
    samples: values,
    bytes: values.map((value) => value * INTERVAL),
    count: values.map((value) => value * 600),
  };
}

export function history(...stacks: ReturnType<typeof stack>[]): SiteHistory {
  return { requests, sessions: requests.map(() => 1), stacks };
}

/** The same with a sampler that begins anew at a floor: it finds a quarter of what is new from then on, and no more. */
export function restartedAt(restart: number, { stacks, ...whole }: SiteHistory): SiteHistory {
  const restarted = (values: readonly number[]) => {
    const held = values[restart - 1] ?? 0;
    return values.map((value, floor) =>
      floor < restart ? value : held + Math.floor((value - (values[restart] ?? 0)) / 4),
    );
  };
  return {
    ...whole,
    sessions: whole.sessions.map((session, floor) => (floor < restart ? session : session + 1)),
    stacks: stacks.map((series) => ({ ...series, samples: restarted(series.samples) })),
  };
}

/** The windows between the floors, with the requests of one endpoint in each as a function of the later floor. */
export function windowsOf(endpoint: string, finished: (floor: number) => number): FloorWindow[] {
  const points = requests.map(
    (request): FloorPoint => ({
      request,
      timestamp: request,
      heap: 0,
      external: 0,
      native: 0,
      inFlight: 1,
    }),
  );
  return points.slice(1).flatMap((to, index) => {
    const from = points[index];
    return from === undefined
      ? []
      : [{ from, to, finished: new Map([[endpoint, finished(index + 1)]]) }];
  });
}
