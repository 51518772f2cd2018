import type { StackFrame } from '../../core/profile.js';
import { frameKey } from '../../core/stack-frame.js';
import type { StackEvidence } from '../live-memory.js';

/** Points of a small curve, at most. */
const MAX_POINTS = 60;

/** The live bytes of all stacks through a function, at each floor of a run. */
export function siteHistory(
  { timeline, stacks }: StackEvidence,
  run: string,
): (site: StackFrame) => readonly number[] {
  const readings = timeline.flatMap((entry) => (entry.run === run ? [entry.sites ?? []] : []));
  const filled = readings.filter(({ length }) => length > 0);
  const step = Math.max(1, Math.ceil(filled.length / MAX_POINTS));
  // The last reading is kept whatever the step.
  const chosen = filled.filter((_, index) => (filled.length - 1 - index) % step === 0);
  const through = stacksByFrame(stacks.filter((entry) => entry.run === run));
  return (site) => {
    const own = through.get(frameKey(site)) ?? new Set();
    return chosen.map((sites) =>
      sites.reduce((sum, { stack, liveBytes }) => sum + (own.has(stack) ? liveBytes : 0), 0),
    );
  };
}

function stacksByFrame(stacks: StackEvidence['stacks']): ReadonlyMap<string, ReadonlySet<number>> {
  const through = new Map<string, Set<number>>();
  for (const { stack, frames } of stacks) {
    for (const frame of frames) {
      const key = frameKey(frame);
      const own = through.get(key) ?? new Set();
      own.add(stack);
      through.set(key, own);
    }
  }
  return through;
}
