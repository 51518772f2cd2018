import { frameKey } from '../../core/stack-frame.js';
import { APPEARANCE_SAMPLES, appearance } from './appearance.js';
import { containsInOrder } from './contains-in-order.js';
import { isUserCode } from './origin.js';
import { restoreInlined } from './restore-inlined.js';
import type { SiteHistory, StackSeries } from './stack-series.js';

/** A stack takes over from one of another function only if that one had grown by this share of what itself holds then. */
const MIN_EARLIER_SHARE = 0.5;

/** A stack under construction: what it sums up, and what decides who takes over from it. */
interface Group {
  readonly series: StackSeries;
  /** Frames as small numbers, so that comparing stacks compares integers. */
  readonly path: readonly number[];
  readonly bytes: number[];
  readonly samples: number[];
  readonly count: number[];
  /** Samples without those of single-frame stacks, which fit almost anywhere and say little of who grew. */
  readonly ownSamples: number[];
}

/**
 * Merges the stacks that are the same call path with frames missing.
 *
 * V8's sampler walks physical frames, so a function that gets inlined vanishes from stacks from then on, and one call
 * path appears as several stacks that hand growth over to each other. What was inlined into the innermost function is put
 * back first; then a stack joins a longer one whose frames contain its own in order. Among several it joins the one that
 * grew most before it appeared itself: the one that it takes over from; where none grew, one that calls the application's
 * functions rather than Node's, with the fewest frames more. The longest stack's frames are kept.
 */
export function mergeStacks(history: SiteHistory): SiteHistory {
  const last = history.requests.length - 1;
  const number = frameNumbers();
  const longestFirst = restoreInlined(history)
    .stacks.map((series) => toGroup(series, number))
    .sort(
      (a, b) => b.path.length - a.path.length || (b.samples[last] ?? 0) - (a.samples[last] ?? 0),
    );
  const merged: Group[] = [];
  for (const group of longestFirst) {
    const host = findHost(group, merged, history.requests);
    if (host === undefined) merged.push(group);
    else join(host, group);
  }
  return {
    ...history,
    stacks: merged.map(({ series, bytes, samples, count }) => ({
      frames: series.frames,
      bytes,
      samples,
      count,
    })),
  };
}

function frameNumbers(): (key: string) => number {
  const numbers = new Map<string, number>();
  return (key) => {
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  };
}

function toGroup(series: StackSeries, number: (key: string) => number): Group {
  return {
    series,
    path: series.frames.map((frame) => number(frameKey(frame))),
    bytes: [...series.bytes],
    samples: [...series.samples],
    count: [...series.count],
    ownSamples: [...series.samples],
  };
}

function findHost(
  group: Group,
  candidates: readonly Group[],
  requests: readonly number[],
): Group | undefined {
  const last = requests.length - 1;
  const appeared = appearance(group.samples);
  const growth = (values: readonly number[], at: number) => (values[at] ?? 0) - (values[0] ?? 0);
  const fitting = candidates
    .filter((candidate) => containsInOrder(candidate.path, group.path, (a, b) => a === b))
    .map((candidate) => ({
      candidate,
      before: significant(growth(candidate.ownSamples, appeared)),
      calledNode: callsOfNode(candidate, group),
      missing: candidate.path.length - group.path.length,
      total: growth(candidate.samples, last),
    }))
    .filter(
      ({ candidate, before }) =>
        isSameFunction(candidate, group) ||
        before > Math.max(0, MIN_EARLIER_SHARE * (group.samples[appeared] ?? 0)),
    );
  const [best] = fitting.sort(
    (a, b) =>
      b.before - a.before ||
      a.calledNode - b.calledNode ||
      a.missing - b.missing ||
      b.total - a.total,
  );
  return best?.candidate;
}

/** Frames of Node's own code that the candidate has further in: V8 inlines the application's small functions first. */
function callsOfNode(candidate: Group, { path: [innermost] }: Group): number {
  const further = candidate.series.frames.slice(0, candidate.path.indexOf(innermost ?? -1));
  return further.filter((frame) => !isUserCode(frame)).length;
}

/** Whether the innermost of the user's functions is the same, as far as there is one. */
function isSameFunction(candidate: Group, group: Group): boolean {
  const [a, b] = [candidate, group].map(({ series }) => series.frames.find(isUserCode));
  return a === undefined || b === undefined || frameKey(a) === frameKey(b);
}

/** A gain of a single sample is chance. */
function significant(samples: number): number {
  return samples < APPEARANCE_SAMPLES ? 0 : samples;
}

function join(host: Group, group: Group): void {
  add(host.bytes, group.bytes);
  add(host.samples, group.samples);
  add(host.count, group.count);
  if (group.path.length > 1) add(host.ownSamples, group.samples);
}

function add(sums: number[], values: readonly number[]): void {
  for (const [index, value] of values.entries()) sums[index] = (sums[index] ?? 0) + value;
}
