import { median } from 'simple-statistics';
import { groupBy } from '../../core/group-by.js';
import type { StackFrame } from '../../core/profile.js';
import { type SiteReading, STACKS_PER_READING, type StackEntry } from '../../core/timeline.js';
import type { SitesAtFloor } from '../run/run-history.js';
import { theilSenSlope } from '../statistics/theil-sen.js';

/** Floors looked at, at most, evenly spread: a robust slope costs the square of it for each stack. */
const MAX_FLOORS = 64;

/** Floors at the end of a session by which it is told what outlives it: at some, requests in flight hold memory too. */
const LASTING_FLOORS = 5;

/** The live memory of one stack, floor by floor. */
export interface StackSeries {
  /** Innermost first. */
  readonly frames: readonly StackFrame[];
  readonly bytes: readonly number[];
  readonly samples: readonly number[];
  readonly count: readonly number[];
}

/** All stacks of a run at the same floors. */
export interface SiteHistory {
  /** Requests finished at each floor. */
  readonly requests: readonly number[];
  /** The sampler's session at each floor: what one holds does not go on in the next. */
  readonly sessions: readonly number[];
  readonly stacks: readonly StackSeries[];
}

/** The sites of one reading, by stack. */
type Row = ReadonlyMap<number, SiteReading>;

/** The readings of one session of the sampler. */
interface Session {
  readonly requests: readonly number[];
  readonly rows: readonly Row[];
}

type Figure = 'liveBytes' | 'samples' | 'liveCount';

/**
 * Brings the readings of sites at a run's floors into series.
 *
 * A reading lists the top stacks only, so a stack that it leaves out is not at zero: it holds at most what the smallest
 * listed stack holds, and is taken to hold that, or what the stack holds where it is next listed if that is less. So a
 * stack that merely rises into the list does not seem to grow from nothing.
 *
 * A session of the sampler does not know the objects from before it: what a stack held by a robust line through the last
 * floors before is taken to live on, and the session's own are added.
 */
export function toSiteHistory(
  readings: readonly SitesAtFloor[],
  stacks: readonly StackEntry[],
): SiteHistory {
  const chosen = spread(readings);
  const listed = new Set(chosen.flatMap(({ sites }) => sites.map(({ stack }) => stack)));
  const sessions = bySession(chosen);
  const column = (stack: number, figure: Figure) =>
    chain(sessions, ({ rows }) => toColumn(rows, stack, figure));
  return {
    requests: chosen.map(({ request }) => request),
    sessions: chosen.map(({ session }) => session),
    stacks: stacks
      .filter(({ stack, frames }) => listed.has(stack) && frames.length > 0)
      .map(({ stack, frames }) => ({
        frames,
        bytes: column(stack, 'liveBytes'),
        samples: column(stack, 'samples'),
        count: column(stack, 'liveCount'),
      })),
  };
}

function spread(readings: readonly SitesAtFloor[]): readonly SitesAtFloor[] {
  if (readings.length <= MAX_FLOORS) return readings;
  const step = (readings.length - 1) / (MAX_FLOORS - 1);
  const places = Array.from({ length: MAX_FLOORS }, (_, index) => Math.round(index * step));
  return places.flatMap((place) => readings[place] ?? []);
}

function bySession(readings: readonly SitesAtFloor[]): readonly Session[] {
  return [...groupBy(readings, ({ session }) => session).values()].map((own) => ({
    requests: own.map(({ request }) => request),
    rows: own.map(({ sites }) => new Map(sites.map((site) => [site.stack, site]))),
  }));
}

function chain(
  sessions: readonly Session[],
  columnOf: (session: Session) => readonly number[],
): readonly number[] {
  let held = 0;
  return sessions.flatMap((session) => {
    const column = columnOf(session);
    const before = held;
    held += lasting(column, session.requests);
    return column.map((value) => before + value);
  });
}

/** What a stack holds at the end of a session, without what a single floor has beside it. */
function lasting(column: readonly number[], requests: readonly number[]): number {
  const x = requests.slice(-LASTING_FLOORS);
  const y = column.slice(-LASTING_FLOORS);
  const end = x.at(-1) ?? 0;
  const slope = theilSenSlope(x, y);
  const level = median(y.map((value, index) => value + slope * (end - (x[index] ?? end))));
  return Math.max(0, Math.round(level));
}

function toColumn(rows: readonly Row[], stack: number, figure: Figure): readonly number[] {
  const values = rows.map((row) => row.get(stack)?.[figure]);
  // Backwards, so that the next listed value is at hand; after the last one, the last one stands in.
  let next = values.findLast((value) => value !== undefined) ?? 0;
  const column: number[] = [];
  for (let index = values.length - 1; index >= 0; index--) {
    next = values[index] ?? next;
    column.push(values[index] ?? Math.min(next, smallest(rows[index], figure)));
  }
  return column.reverse();
}

function smallest(row: Row | undefined, figure: Figure): number {
  if (row === undefined || row.size < STACKS_PER_READING) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const site of row.values()) least = Math.min(least, site[figure]);
  return least;
}

/** The sum of stacks, floor by floor. */
export function sumSeries(stacks: readonly StackSeries[]): Omit<StackSeries, 'frames'> {
  const sum = (figures: (stack: StackSeries) => readonly number[]) => {
    const [first = [], ...others] = stacks.map(figures);
    return first.map((value, index) =>
      others.reduce((total, other) => total + (other[index] ?? 0), value),
    );
  };
  return {
    bytes: sum(({ bytes }) => bytes),
    samples: sum(({ samples }) => samples),
    count: sum(({ count }) => count),
  };
}
