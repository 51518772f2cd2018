import { sitesAtFloors } from '../../analysis/run/run-history.js';
import { mergeStacks } from '../../analysis/sites/merge-stacks.js';
import { sumSeries, toSiteHistory } from '../../analysis/sites/stack-series.js';
import type { StackFrame } from '../../core/profile.js';
import { frameKey } from '../../core/stack-frame.js';
import type { StackEvidence } from '../live-memory.js';

/** The live bytes of all stacks through a function, at the floors of a run; with inlined frames put back. */
export function siteHistory(
  { timeline, stacks }: StackEvidence,
  run: string,
): (site: StackFrame) => readonly number[] {
  const readings = sitesAtFloors(timeline.filter((entry) => entry.run === run));
  const own = stacks.filter((entry) => entry.run === run);
  const merged = mergeStacks(toSiteHistory(readings, own)).stacks;
  return (site) => {
    const key = frameKey(site);
    const through = merged.filter(({ frames }) => frames.some((frame) => frameKey(frame) === key));
    return through.length === 0 ? [] : sumSeries(through).bytes;
  };
}
