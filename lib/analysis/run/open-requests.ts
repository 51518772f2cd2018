import type { TimelineEntry } from '../../core/timeline.js';

/** Entries at either end of a run that are compared. */
const WINDOW = 10;

/**
 * Requests that do not finish. At a clean end those that were still open: exact. Before it, or without it, the fewest in
 * flight of late beyond the most at the start: at least as many have been open since. They hold memory like a leak.
 */
export function openRequests(entries: readonly TimelineEntry[]): number {
  const inFlight = entries.map((entry) => entry.inFlight);
  if (entries.at(-1)?.kind === 'stop') return inFlight.at(-1) ?? 0;
  if (inFlight.length < 2 * WINDOW) return 0;
  const late = Math.min(...inFlight.slice(-WINDOW));
  const early = Math.max(...inFlight.slice(0, WINDOW));
  return Math.max(0, late - early);
}
