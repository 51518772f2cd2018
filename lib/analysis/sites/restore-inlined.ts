import type { StackFrame } from '../../core/profile.js';
import { frameKey, isSameFrame } from '../../core/stack-frame.js';
import { appearance } from './appearance.js';
import { isUserCode, originOf } from './origin.js';
import type { SiteHistory, StackSeries } from './stack-series.js';

/** When a caller appears, a function that is inlined into it has this many times the share of its own samples. */
const EARLIER_FACTOR = 2;

/** Standard deviations by which chance may put the caller ahead while the callee is still seen. */
const CHANCE_DEVIATIONS = 1;

type Frames = readonly StackFrame[];
type Samples = readonly number[];

/** Frames with a key that tells them from others. */
interface Callee {
  readonly frames: Frames;
  readonly key: string;
}

/** A call from one of the user's functions to another, as a stack holds it. */
interface Call {
  readonly samples: Samples;
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

/**
 * Puts functions back that were inlined into the innermost of the user's functions in a stack.
 *
 * V8's sampler walks physical frames: from the moment on that a function is inlined, what it allocates counts for its
 * caller. But what leaks stays, and so do its samples from before. Where a callee was sampled under the same caller
 * early on, and these samples are still live but hardly multiplied while the caller's did, the caller's stacks get the
 * callee back, whoever called the caller.
 */
export function restoreInlined({ requests, stacks }: SiteHistory): SiteHistory {
  const calls = groupBy(stacks.flatMap(callsIn), ({ caller }) => caller);
  const families = groupBy(stacks, ({ frames }) => keyOf(frames.slice(0, innermost(frames) + 2)));
  const restored = [...families.values()].flatMap((family) => {
    const callee = inlinedInto(family, calls);
    return callee === undefined ? family : family.map((stack) => insert(stack, callee));
  });
  return { requests, stacks: restored };
}

/** Index of the innermost function that a user can open; -1 when there is none. */
function innermost(frames: Frames): number {
  return frames.findIndex(isUserCode);
}

/** The calls by which the innermost of the user's functions was reached; in a recursion, only the last one counts. */
function callsIn({ frames, samples }: StackSeries): readonly Call[] {
  const start = innermost(frames);
  const seen = new Set<string>();
  return frames.flatMap((frame, at) => {
    const caller = frameKey(frame);
    if (start < 0 || at < start || !isUserCode(frame) || seen.has(caller)) return [];
    seen.add(caller);
    if (at === start) return [];
    const callee = frames.slice(start, at);
    return {
      samples,
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
  calls: ReadonlyMap<string, readonly Call[]>,
): Frames | undefined {
  const frames = family[0]?.frames ?? [];
  const at = innermost(frames);
  const [frame, ...outside] = frames.slice(Math.max(0, at), at + 2);
  if (at < 0 || frame === undefined) return undefined;
  const fitting = (calls.get(frameKey(frame)) ?? []).filter(
    (call) => callsAlike(call.inside, frames.slice(0, at)) && contains(call.outside, outside),
  );
  const callerSamples = sumSamples(family);
  const direct = strongest(fitting, { calleeOf: (call) => call.direct, callerSamples });
  if (direct === undefined) return undefined;
  // A function further in stands for the direct callee only where all samples of that one are its own.
  const deepest = strongest(direct.calls, { calleeOf: ({ callee }) => callee, callerSamples });
  return deepest?.held === direct.held ? deepest.callee : direct.callee;
}

/** Of the callees that hand over to their caller, the one with the most samples, and the nearest of equals. */
function strongest(
  calls: readonly Call[],
  by: { readonly calleeOf: (call: Call) => Callee; readonly callerSamples: Samples },
) {
  const groups = groupBy(calls, (call) => by.calleeOf(call).key);
  const [best] = [...groups.values()]
    .map((same) => ({
      calls: same,
      callee: same.slice(0, 1).flatMap((call) => by.calleeOf(call).frames),
      held: heldBefore(sumSamples(same), by.callerSamples),
      depth: same.reduce((least, { callee }) => Math.min(least, callee.frames.length), Infinity),
    }))
    .filter(({ held }) => held > 0)
    .sort((a, b) => b.held - a.held || a.depth - b.depth);
  return best;
}

/** Whether a callee that made these calls may have made those of `part`: the same ones, or of the same module of Node. */
function callsAlike(inside: Frames, part: Frames): boolean {
  const called = part.at(-1);
  if (called === undefined || contains(inside, part)) return true;
  return originOf(called).kind === 'node' && inside.at(-1)?.file === called.file;
}

/** Lasting samples of a callee from before its caller's began to grow; 0 when these do not follow on them. */
function heldBefore(samples: Samples, callerSamples: Samples): number {
  const final = samples.at(-1) ?? 0;
  const appeared = appearance(callerSamples);
  const held = Math.min(samples[appeared] ?? 0, final);
  const callerShare = (callerSamples[appeared] ?? 0) / (callerSamples.at(-1) ?? 0);
  const caller = callerSamples[samples.findIndex((value) => value >= held)] ?? 0;
  const isEarlier = held >= Math.min(1, EARLIER_FACTOR * callerShare) * final;
  const isAlone = caller - held <= CHANCE_DEVIATIONS * Math.sqrt(caller + held);
  return isEarlier && isAlone ? held : 0;
}

/** Whether `frames` has those of `part` in the same order, others in between allowed. */
function contains(frames: Frames, part: Frames): boolean {
  let matched = 0;
  for (const frame of frames) {
    const wanted = part[matched];
    if (wanted === undefined) return true;
    if (isSameFrame(frame, wanted)) matched++;
  }
  return matched === part.length;
}

function insert(stack: StackSeries, callee: Frames): StackSeries {
  const at = innermost(stack.frames);
  return { ...stack, frames: [...stack.frames.slice(0, at), ...callee, ...stack.frames.slice(at)] };
}

function sumSamples(series: readonly { readonly samples: Samples }[]): Samples {
  const [first, ...others] = series.map(({ samples }) => samples);
  return (first ?? []).map((value, index) =>
    others.reduce((sum, other) => sum + (other[index] ?? 0), value),
  );
}

function keyOf(frames: Frames): string {
  return frames.map(frameKey).join('\n');
}

function groupBy<T>(items: readonly T[], keyFor: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyFor(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
