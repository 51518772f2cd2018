import type { RunOverhead } from '../../core/analysis-result.js';
import { groupBy } from '../../core/group-by.js';
import type { RunProcess, SiteReading, TimelineEntry } from '../../core/timeline.js';
import { mbToBytes } from '../../core/units.js';
import type { FloorPoint } from '../floor-point.js';
import { toFloorPoints } from './floor-points.js';
import { openRequests } from './open-requests.js';
import { runOverhead } from './run-overhead.js';

/** The live stacks at one floor. */
export interface SitesAtFloor {
  readonly request: number;
  /** The sampler's session. */
  readonly session: number;
  readonly sites: readonly SiteReading[];
}

/** What happened from one floor to the next. */
export interface FloorWindow {
  readonly from: FloorPoint;
  readonly to: FloorPoint;
  /** Requests finished in between, by endpoint. */
  readonly finished: ReadonlyMap<string, number>;
}

/** One run as its timeline tells it. */
export interface RunHistory {
  readonly run: string;
  /** Where the floors come from: the timeline, or the request records. */
  readonly source: 'timeline' | 'records';
  /** Absent when the run's first entry is lost. */
  readonly process: RunProcess | undefined;
  /** Wall-clock ms of the first entry. */
  readonly started: number;
  readonly requests: number;
  /** Requests finished by endpoint, over the whole run. */
  readonly finished: ReadonlyMap<string, number>;
  readonly floors: readonly FloorPoint[];
  readonly windows: readonly FloorWindow[];
  readonly sites: readonly SitesAtFloor[];
  /** Whether heaptide asked for some of the GCs. */
  readonly isProbed: boolean;
  /** Requests that do not finish. */
  readonly openRequests: number;
  /** Absent when no entry tells it. */
  readonly overhead: RunOverhead | undefined;
  /** V8's heap limit in bytes; 0 when not known. */
  readonly limitBytes: number;
}

/** Sorts a timeline into its runs, in the order of their first entries. */
export function readRuns(timeline: readonly TimelineEntry[]): readonly RunHistory[] {
  return [...groupBy(timeline, (entry) => entry.run)].map(([run, entries]) =>
    toHistory(run, entries),
  );
}

function toHistory(run: string, entries: readonly TimelineEntry[]): RunHistory {
  const floorEntries = entries.filter((entry) => entry.kind === 'floor');
  const floors = toFloorPoints(floorEntries);
  return {
    run,
    source: 'timeline',
    process: entries.find((entry) => entry.process !== undefined)?.process,
    started: entries[0]?.timestamp ?? 0,
    requests: entries.reduce((most, entry) => Math.max(most, entry.requests), 0),
    finished: sumFinished(entries),
    floors,
    windows: toWindows(entries, floors),
    sites: sitesAtFloors(entries),
    isProbed: floorEntries.some((entry) => entry.probed === true),
    openRequests: openRequests(entries),
    overhead: runOverhead(entries),
    limitBytes: mbToBytes(entries.at(-1)?.limitMb ?? 0),
  };
}

/** The readings of sites among the entries of a run. */
export function sitesAtFloors(entries: readonly TimelineEntry[]): readonly SitesAtFloor[] {
  return entries.flatMap(({ requests, sites = [], sampler }) =>
    sites.length === 0 ? [] : { request: requests, session: sampler?.session ?? 0, sites },
  );
}

/** The windows between consecutive floors. What finished before the first floor belongs to none. */
function toWindows(
  entries: readonly TimelineEntry[],
  floors: readonly FloorPoint[],
): readonly FloorWindow[] {
  const windows: FloorWindow[] = [];
  let pending: TimelineEntry[] = [];
  let floorIndex = -1;
  for (const entry of entries) {
    pending.push(entry);
    if (entry.kind !== 'floor') continue;
    floorIndex++;
    const from = floors[floorIndex - 1];
    const to = floors[floorIndex];
    if (from !== undefined && to !== undefined) {
      windows.push({ from, to, finished: sumFinished(pending) });
    }
    pending = [];
  }
  return windows;
}

function sumFinished(entries: readonly TimelineEntry[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const entry of entries) {
    for (const [endpoint, count] of Object.entries(entry.finished)) {
      sums.set(endpoint, (sums.get(endpoint) ?? 0) + count);
    }
  }
  return sums;
}
