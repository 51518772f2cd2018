import type { Channel, Interval } from '../../core/analysis-result.js';
import type { FloorWindow } from '../run/run-history.js';
import { nonNegativeRegression } from '../statistics/least-squares.js';
import { ResampledRegression } from '../statistics/resampled-regression.js';
import { robustDeviation } from '../statistics/scatter.js';
import { type EndpointGroup, endpointColumns, groupEndpoints, total } from './endpoint-groups.js';
import { seededRandom } from './random.js';

/** Resamplings behind an interval: the 2.5 % and 97.5 % points are then the fifth value from either end. */
const RESAMPLINGS = 200;

/**
 * Windows that the fit misses by more than this many robust standard deviations are left out, and the rest is fitted
 * again: in one of them a table doubled, code was compiled, or a burst was caught halfway. The slack keeps near-exact
 * fits from leaving out windows by a few bytes.
 */
const OUTLIER_DEVIATIONS = 4;
const OUTLIER_SLACK_BYTES = 4096;
const OUTLIER_ROUNDS = 4;

/** Any constant: it only makes the result the same each time. */
const SEED = 0x7ede;

/** Fewer windows say nothing about endpoints. */
const MIN_WINDOWS = 6;

/** Growth that goes with the requests of one endpoint, or of several that come and go together. */
export interface GroupGrowth extends Omit<EndpointGroup, 'requests'> {
  readonly bytesPerRequest: number;
  /** 95 % bootstrap interval. */
  readonly interval: Interval;
  /** Estimate over its standard error. */
  readonly t: number;
  /** Bytes over all windows. */
  readonly bytes: number;
  /** Bytes per request in the second half of the windows alone. */
  readonly tailBytesPerRequest: number;
}

/** The growth of one channel over the windows, by endpoint. */
export interface ChannelGrowth {
  /** Growth to be explained, after what requests in flight hold. At least what the groups explain. */
  readonly bytes: number;
  readonly groups: readonly GroupGrowth[];
  /** Whether the groups' figures come from a regression; if not, nothing is known of them. */
  readonly isRegressed: boolean;
}

/**
 * Regresses the growth between floors on the requests that each endpoint finished meanwhile.
 *
 * Increments are regressed, not levels: residuals of levels add up to a random walk, which makes any two trends seem
 * related. Coefficients are not negative, except that of the change in requests in flight, whose memory comes and goes.
 * Returns `undefined` when there are too few windows.
 */
export function regressGrowth(
  windows: readonly FloorWindow[],
  channel: Channel,
): ChannelGrowth | undefined {
  if (windows.length < MIN_WINDOWS) return undefined;
  const groups = groupEndpoints(windows);
  const load = windows.map(({ from, to }) => to.inFlight - from.inFlight);
  const all: Design = {
    groups: groups.map(({ requests }) => requests),
    load,
    growth: windows.map(({ from, to }) => to[channel] - from[channel]),
  };
  const design = withoutOutliers(all);
  const fit = solve(design);
  if (fit === undefined) return undefined;
  const intervals = bootstrap(design, fit);
  const count = design.growth.length;
  const tail = solve(pickRows(design, range(count >> 1, count)));
  const described = groups.map((group, index) =>
    describe({ group, fit, tail, index, interval: intervals[index] ?? [0, 0] }),
  );
  const explained = total(described.map(({ bytes }) => bytes));
  const observed = total(all.growth) - fit.bytesPerInFlight * total(load);
  return { bytes: Math.max(observed, explained), groups: described, isRegressed: true };
}

/** Growth of which the windows are too few to say anything by endpoint. */
export function unregressedGrowth(
  windows: readonly FloorWindow[],
  bytesPerRequest: number,
): ChannelGrowth {
  const columns = endpointColumns(windows);
  return {
    bytes: bytesPerRequest * total(columns.flatMap(({ requests }) => requests)),
    groups: columns.map(({ endpoints, isRest }) => ({
      endpoints,
      isRest,
      bytesPerRequest: 0,
      interval: [0, Number.POSITIVE_INFINITY],
      t: 0,
      bytes: 0,
      tailBytesPerRequest: 0,
    })),
    isRegressed: false,
  };
}

/** What is regressed: one row per window. */
interface Design {
  /** Requests by endpoint group. */
  readonly groups: readonly (readonly number[])[];
  /** Change in requests in flight. */
  readonly load: readonly number[];
  /** Bytes. */
  readonly growth: readonly number[];
}

interface Fit {
  /** By group; both 0 for a group that was left out. */
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  readonly bytesPerInFlight: number;
}

/** Fits the columns that hold anything: a column of zeros would make the system singular. */
function solve({ groups, load, growth }: Design): Fit | undefined {
  const used = range(0, groups.length).filter((index) => groups[index]?.some((n) => n !== 0));
  const columns = used.map((index) => groups[index] ?? []);
  const hasLoad = load.some((change) => change !== 0);
  const fit = nonNegativeRegression({
    columns: hasLoad ? [...columns, load] : columns,
    y: growth,
    free: new Set(hasLoad ? [columns.length] : []),
  });
  if (fit === null) return undefined;
  const spread = (values: readonly number[]) =>
    groups.map((_, index) => values[used.indexOf(index)] ?? 0);
  return {
    coefficients: spread(fit.coefficients),
    standardErrors: spread(fit.standardErrors),
    bytesPerInFlight: hasLoad ? (fit.coefficients[columns.length] ?? 0) : 0,
  };
}

function withoutOutliers(design: Design): Design {
  const rows = range(0, design.growth.length);
  let kept = design;
  for (let round = 0; round < OUTLIER_ROUNDS; round++) {
    const fit = solve(kept);
    if (fit === undefined) return kept;
    const misses = rows.map((row) => (design.growth[row] ?? 0) - predict(design, fit, row));
    const limit = OUTLIER_DEVIATIONS * robustDeviation(misses) + OUTLIER_SLACK_BYTES;
    kept = pickRows(
      design,
      rows.filter((row) => Math.abs(misses[row] ?? 0) <= limit),
    );
  }
  return kept;
}

function predict({ groups, load }: Design, fit: Fit, row: number): number {
  const byGroup = groups.map(
    (requests, index) => (fit.coefficients[index] ?? 0) * (requests[row] ?? 0),
  );
  return total(byGroup) + fit.bytesPerInFlight * (load[row] ?? 0);
}

function pickRows({ groups, load, growth }: Design, indices: readonly number[]): Design {
  const pick = (values: readonly number[]) => indices.map((index) => values[index] ?? 0);
  return { groups: groups.map(pick), load: pick(load), growth: pick(growth) };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Intervals of the coefficients, by resampling windows with replacement. */
function bootstrap(design: Design, fit: Fit): readonly Interval[] {
  // Groups that the data push to zero stay there: fitting them again and again would take most of the time.
  const active = range(0, design.groups.length).filter((index) => fit.coefficients[index] !== 0);
  const columns = active.map((index) => design.groups[index] ?? []);
  const regression = new ResampledRegression({
    columns: [...columns, design.load],
    y: design.growth,
    free: new Set([columns.length]),
  });
  const random = seededRandom(SEED);
  const count = design.growth.length;
  const samples = range(0, RESAMPLINGS).map(() => {
    const counts = new Uint32Array(count);
    for (let draw = 0; draw < count; draw++) {
      const row = Math.floor(random() * count);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    return regression.coefficients(counts);
  });
  return design.groups.map((_, index) => {
    const position = active.indexOf(index);
    return position < 0 ? [0, 0] : middle95(samples.map((sample) => sample[position] ?? 0));
  });
}

function middle95(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = Math.floor(0.025 * sorted.length);
  return [sorted[cut] ?? 0, sorted.at(-1 - cut) ?? 0];
}

function describe(result: {
  readonly group: EndpointGroup;
  readonly fit: Fit;
  readonly tail: Fit | undefined;
  readonly index: number;
  readonly interval: Interval;
}): GroupGrowth {
  const { group, fit, tail, index, interval } = result;
  const bytesPerRequest = fit.coefficients[index] ?? 0;
  const standardError = fit.standardErrors[index] ?? 0;
  return {
    endpoints: group.endpoints,
    isRest: group.isRest,
    bytesPerRequest,
    interval,
    // An exact fit has no error.
    t: bytesPerRequest > 0 ? bytesPerRequest / Math.max(standardError, Number.MIN_VALUE) : 0,
    bytes: bytesPerRequest * total(group.requests),
    tailBytesPerRequest: tail?.coefficients[index] ?? 0,
  };
}
