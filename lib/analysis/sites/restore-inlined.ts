import { groupBy } from '../../core/group-by.js';
import type { StackFrame } from '../../core/profile.js';
import { frameKey, isSameFrame } from '../../core/stack-frame.js';
import { containsInOrder } from './contains-in-order.js';
import { isUserCode, originOf } from './origin.js';
import { type SiteHistory, type StackSeries, sumSeries } from './stack-series.js';

/** A callee rests while it gains no more than this share of what it holds. */
const REST_SHARE = 0.2;

/** While it rests, its caller gains at least this share of what it holds in the end. */
const MIN_GAIN_SHARE = 0.5;

/** Before it rests, it gained, per request, at least this share of what its caller gains meanwhile. */
const MIN_PACE = 0.1;

/** The mean sizes of the objects of both differ by this factor at most. */
const MAX_SIZE_RATIO = 4;

type Frames = readonly StackFrame[];
/** Live memory floor by floor, over one or several stacks. */
type Memory = ReturnType<typeof sumSeries>;

/** Frames with a key that tells them from others. */
interface Callee {
  readonly frames: Frames;
  readonly key: string;
}

/** A call from one of the user's functions to another, as a stack holds it. */
interface Call {
  readonly series: StackSeries;
  /** Key of the function that calls. */
  readonly caller: string;
  /** The frames outside of it. */
  readonly outside: Frames;
  /** From the innermost of the user's functions out to the caller, which is not among them. */
  readonly callee: Callee;
  /** Of these, the function that the caller calls itself, with what Node has between the two. */
  readonly direct: Callee;
  /** What the callee called, of Node's and the engine's functions. */
  readonly inside: Frames;
}

/** Who may have taken over from a callee. */
interface Heir {
  /** The caller's stacks that begin and end alike. */
  readonly stacks: Memory;
  /** All of the caller's. */
  readonly caller: Memory;
  readonly requests: readonly number[];
}

/**
 * Puts functions back that were inlined into the innermost of the user's functions in a stack.
 *
 * V8's sampler walks physical frames: from the moment on that a function is inlined, what it allocates counts for its
 * caller. But what leaks stays, and so do its samples from before. Where a callee was sampled under the same caller, at
 * a similar pace and with objects of a similar size, and these samples rested while the caller's multiplied, the
 * caller's stacks get the callee back, whoever called the caller. The callee may grow again later: V8 compiles a
 * function anew.
 */
export function restoreInlined(history: SiteHistory): SiteHistory {
  const { requests, stacks } = history;
  const calls = groupBy(stacks.flatMap(callsIn), ({ caller }) => caller);
  const callers = groupBy(stacks, ({ frames }) => keyOf(frames.filter(isUserCode).slice(0, 1)));
  const families = groupBy(stacks, ({ frames }) => keyOf(frames.slice(0, innermost(frames) + 2)));
  const restored = [...families.values()].flatMap((family) => {
    const callee = inlinedInto(family, { calls, callers, requests });
    return callee === undefined ? family : family.map((stack) => insert(stack, callee));
  });
  const alike = groupBy(restored, ({ frames }) => keyOf(frames));
  return { ...history, stacks: [...alike.values()].map(sumAlike) };
}

/** Stacks of the same frames, as one. */
function sumAlike(stacks: readonly StackSeries[]): StackSeries {
  const [first] = stacks;
  return { frames: first?.frames ?? [], ...sumSeries(stacks) };
}

/** Index of the innermost function that a user can open; -1 when there is none. */
function innermost(frames: Frames): number {
  return frames.findIndex(isUserCode);
}

/** The calls by which the innermost of the user's functions was reached; in a recursion, only the last one counts. */
function callsIn(series: StackSeries): readonly Call[] {
  const { frames } = series;
  const start = innermost(frames);
  const seen = new Set<string>();
  return frames.flatMap((frame, at) => {
    const caller = frameKey(frame);
    if (start < 0 || at < start || !isUserCode(frame) || seen.has(caller)) return [];
    seen.add(caller);
    if (at === start) return [];
    const callee = frames.slice(start, at);
    return {
      series,
      caller,
      outside: frames.slice(at + 1),
      callee: toCallee(callee),
      direct: toCallee(callee.slice(callee.findLastIndex(isUserCode))),
      inside: frames.slice(0, start),
    };
  });
}

function toCallee(frames: Frames): Callee {
  return { frames, key: keyOf(frames) };
}

/** What is missing in stacks that begin alike, up to the caller of the innermost of the user's functions. */
function inlinedInto(
  family: readonly StackSeries[],
  known: {
    readonly calls: ReadonlyMap<string, readonly Call[]>;
    readonly callers: ReadonlyMap<string, readonly StackSeries[]>;
    readonly requests: readonly number[];
  },
): Frames | undefined {
  const frames = family[0]?.frames ?? [];
  const at = innermost(frames);
  const [frame, ...outside] = frames.slice(Math.max(0, at), at + 2);
  if (at < 0 || frame === undefined) return undefined;
  const caller = frameKey(frame);
  const fitting = (known.calls.get(caller) ?? []).filter(
    (call) =>
      callsAlike(call.inside, frames.slice(0, at)) &&
      containsInOrder(call.outside, outside, isSameFrame),
  );
  const heir = {
    stacks: sumSeries(family),
    caller: sumSeries(known.callers.get(caller) ?? family),
    requests: known.requests,
  };
  const direct = strongest(fitting, (call) => call.direct, heir);
  if (direct === undefined) return undefined;
  // A function further in stands for the direct callee only where all samples of that one are its own.
  const deepest = strongest(direct.calls, ({ callee }) => callee, heir);
  return deepest?.held === direct.held ? deepest.callee : direct.callee;
}

/** Of the callees that hand over to their caller, the one with the most samples, and the nearest of equals. */
function strongest(calls: readonly Call[], calleeOf: (call: Call) => Callee, heir: Heir) {
  const groups = groupBy(calls, (call) => calleeOf(call).key);
  const [best] = [...groups.values()]
    .map((same) => ({
      calls: same,
      callee: same.slice(0, 1).flatMap((call) => calleeOf(call).frames),
      held: handedOver(sumSeries(same.map(({ series }) => series)), heir),
      depth: same.reduce((least, { callee }) => Math.min(least, callee.frames.length), Infinity),
    }))
    .filter(({ held }) => held > 0)
    .sort((a, b) => b.held - a.held || a.depth - b.depth);
  return best;
}

/** Whether a callee that made these calls may have made those of `part`: the same ones, or of the same module of Node. */
function callsAlike(inside: Frames, part: Frames): boolean {
  const called = part.at(-1);
  if (called === undefined || containsInOrder(inside, part, isSameFrame)) return true;
  return originOf(called).kind === 'node' && inside.at(-1)?.file === called.file;
}

/** Lasting samples of a callee from before its caller took over its growth; 0 when the caller's is no sequel to it. */
function handedOver(callee: Memory, { stacks, caller, requests }: Heir): number {
  const sizes = [meanSize(callee), meanSize(stacks)];
  if (Math.max(...sizes) > MAX_SIZE_RATIO * Math.min(...sizes)) return 0;
  return callee.samples.reduce((most, _, start) => {
    const held = Math.min(callee.samples[start] ?? 0, callee.samples.at(-1) ?? 0);
    const end = callee.samples.findLastIndex((value) => value <= (1 + REST_SHARE) * held);
    const gain = (values: readonly number[]) => (values[end] ?? 0) - (values[start] ?? 0);
    const takesOver = gain(stacks.samples) >= MIN_GAIN_SHARE * (stacks.samples.at(-1) ?? 0);
    // In bytes, since the interval between samples can change.
    const heldBytes = Math.min(callee.bytes[start] ?? 0, callee.bytes.at(-1) ?? 0);
    const expected = MIN_PACE * gain(caller.bytes) * (requests[start] ?? 0);
    const keepsPace = heldBytes * gain(requests) >= expected;
    return takesOver && keepsPace ? Math.max(most, held) : most;
  }, 0);
}

/** Of the objects that are live in the end. */
function meanSize({ bytes, count }: Memory): number {
  return (bytes.at(-1) ?? 0) / (count.at(-1) ?? 0);
}

function insert(stack: StackSeries, callee: Frames): StackSeries {
  const at = innermost(stack.frames);
  return { ...stack, frames: [...stack.frames.slice(0, at), ...callee, ...stack.frames.slice(at)] };
}

function keyOf(frames: Frames): string {
  return frames.map(frameKey).join('\n');
}
