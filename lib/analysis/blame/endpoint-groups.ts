import type { FloorWindow } from '../run/run-history.js';

/** Endpoints with columns of their own, at most: elimination and bootstrap take the cube of it. */
const MAX_COLUMNS = 24;

/** Observations that a regression needs beyond its columns. */
const SPARE_WINDOWS = 4;

/**
 * Correlation of two endpoints' requests per window above which no regression tells them apart: standard errors grow
 * by 1 / sqrt(1 - r^2), seven times here.
 */
const SAME_LOAD_CORRELATION = 0.99;

/** Requests of one endpoint, or of several that come and go together, in each window. */
export interface EndpointGroup {
  /** Requests over all windows, by endpoint. */
  readonly endpoints: ReadonlyMap<string, number>;
  readonly requests: readonly number[];
  /** Whether they have nothing in common but that they are too rare for columns of their own. */
  readonly isRest: boolean;
}

/**
 * Columns for the regression: the busiest endpoints, as many as the windows can tell apart, with those grouped that
 * rise and fall together; the rest in one column.
 */
export function groupEndpoints(windows: readonly FloorWindow[]): readonly EndpointGroup[] {
  const limit = Math.min(MAX_COLUMNS, Math.max(1, windows.length - SPARE_WINDOWS - 2));
  const clusters: EndpointGroup[][] = [];
  const rest: EndpointGroup[] = [];
  for (const column of endpointColumns(windows)) {
    const cluster = clusters.find((members) =>
      members.some(({ requests }) => movesWith(requests, column.requests)),
    );
    if (cluster !== undefined) cluster.push(column);
    else if (clusters.length < limit) clusters.push([column]);
    else rest.push(column);
  }
  if (rest.length === 0) return clusters.map(mergeGroups);
  // The rest takes the last column.
  const last = clusters.pop() ?? [];
  return [...clusters.map(mergeGroups), { ...mergeGroups([...last, ...rest]), isRest: true }];
}

/** One group for each endpoint, the busiest first. */
export function endpointColumns(windows: readonly FloorWindow[]): readonly EndpointGroup[] {
  const names = new Set(windows.flatMap(({ finished }) => [...finished.keys()]));
  return [...names]
    .map((endpoint) => {
      const requests = windows.map(({ finished }) => finished.get(endpoint) ?? 0);
      return { endpoints: new Map([[endpoint, total(requests)]]), requests, isRest: false };
    })
    .filter(({ requests }) => total(requests) > 0)
    .sort((a, b) => total(b.requests) - total(a.requests));
}

function mergeGroups(groups: readonly EndpointGroup[]): EndpointGroup {
  const length = groups[0]?.requests.length ?? 0;
  return {
    endpoints: new Map(groups.flatMap(({ endpoints }) => [...endpoints])),
    requests: Array.from({ length }, (_, index) =>
      total(groups.map(({ requests }) => requests[index] ?? 0)),
    ),
    isRest: false,
  };
}

/** Whether two columns are proportional but for noise. Two constant columns are. */
function movesWith(a: readonly number[], b: readonly number[]): boolean {
  const share = total(a) / total(b);
  if (a.every((value, index) => value === share * (b[index] ?? 0))) return true;
  return correlation(a, b) > SAME_LOAD_CORRELATION;
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [total(a) / a.length, total(b) / b.length];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, (b[index] ?? 0) - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

/** The sum of a column. */
export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
