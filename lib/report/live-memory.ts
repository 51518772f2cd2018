import type { EndpointHandler } from '../analysis/sites/endpoint-frames.js';
import { endpointFrames } from '../analysis/sites/endpoint-frames.js';
import type { StackFrame } from '../core/profile.js';
import { frameKey } from '../core/stack-frame.js';
import type { StackEntry, TimelineEntry } from '../core/timeline.js';

/** The live memory of one stack. Estimated from samples. */
export interface LiveStack {
  /** Innermost first. */
  readonly frames: readonly StackFrame[];
  readonly liveBytes: number;
  readonly liveCount: number;
  /** The endpoint whose own function is in the stack. */
  readonly endpoint: string | undefined;
}

/** The live stacks of a run at its last major GC with a reading of them. */
export interface LiveMemory {
  readonly run: string;
  /** Wall-clock ms since the epoch, and requests finished by then. */
  readonly timestamp: number;
  readonly requests: number;
  /** Mean number of allocated bytes between samples; 0 when not known. */
  readonly sampleIntervalBytes: number;
  /** By live bytes, largest first. */
  readonly stacks: readonly LiveStack[];
}

/** What is known of a profiled service's stacks. */
export interface StackEvidence {
  readonly timeline: readonly TimelineEntry[];
  readonly stacks: readonly StackEntry[];
  readonly handlers: readonly EndpointHandler[];
}

/**
 * The live memory of a run by stack; whole bytes and objects, so that every format adds up to the same totals.
 * `undefined` when the run has no reading of stacks.
 */
export function readLiveMemory(evidence: StackEvidence, run: string): LiveMemory | undefined {
  const entries = evidence.timeline.filter((entry) => entry.run === run);
  const last = entries.findLast(({ sites }) => sites !== undefined && sites.length > 0);
  if (last === undefined) return undefined;
  const stacks = new Map(
    evidence.stacks.flatMap((entry) => (entry.run === run ? [[entry.stack, entry.frames]] : [])),
  );
  const handlers = endpointFrames(evidence.handlers);
  const live = (last.sites ?? []).map(({ stack, liveBytes, liveCount }) => {
    const frames = stacks.get(stack) ?? [];
    const owner = frames.find((frame) => handlers.has(frameKey(frame)));
    return {
      frames,
      liveBytes: Math.round(liveBytes),
      liveCount: Math.round(liveCount),
      endpoint: owner && handlers.get(frameKey(owner)),
    };
  });
  return {
    run,
    timestamp: last.timestamp,
    requests: last.requests,
    sampleIntervalBytes:
      last.sampler?.intervalBytes ??
      entries.find((entry) => entry.process !== undefined)?.process?.sampleIntervalBytes ??
      0,
    stacks: live.sort((a, b) => b.liveBytes - a.liveBytes),
  };
}

/** Live bytes and objects over all stacks. */
export function totalOf({ stacks }: LiveMemory): {
  readonly bytes: number;
  readonly count: number;
} {
  return {
    bytes: stacks.reduce((sum, { liveBytes }) => sum + liveBytes, 0),
    count: stacks.reduce((sum, { liveCount }) => sum + liveCount, 0),
  };
}
