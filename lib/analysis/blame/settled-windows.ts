import type { FloorWindow } from '../run/run-history.js';

/** Share of the requests at the start that warm-up may take: compiling and filling caches, not leaks. */
const WARM_UP_SHARE = 0.15;

/** Windows that the regression looks at, at most. Longer runs have their neighbors joined. */
const MAX_WINDOWS = 256;

/** The windows after warm-up, or after `onsetRequest` where growth began later, in bounded number. */
export function settledWindows(
  windows: readonly FloorWindow[],
  onsetRequest = 0,
): readonly FloorWindow[] {
  const first = windows[0]?.from.request ?? 0;
  const last = windows.at(-1)?.to.request ?? 0;
  const start = Math.max(onsetRequest, first + WARM_UP_SHARE * (last - first));
  const settled = windows.filter(({ from }) => from.request >= start);
  const size = Math.ceil(settled.length / MAX_WINDOWS);
  if (size <= 1) return settled;
  const joined: FloorWindow[] = [];
  for (let at = 0; at < settled.length; at += size) {
    joined.push(...joinWindows(settled.slice(at, at + size)));
  }
  return joined;
}

function joinWindows(windows: readonly FloorWindow[]): readonly FloorWindow[] {
  const [first, last] = [windows[0], windows.at(-1)];
  if (first === undefined || last === undefined) return [];
  const finished = new Map<string, number>();
  for (const window of windows) {
    for (const [endpoint, count] of window.finished) {
      finished.set(endpoint, (finished.get(endpoint) ?? 0) + count);
    }
  }
  return [{ from: first.from, to: last.to, finished }];
}
