import type { EndpointRecords } from '../profiles/run-records.js';
import type { RunHistory } from './run-history.js';

/**
 * A run without a timeline, as its request records tell it. Floors are those between the records of the endpoint that
 * shows most of them; its requests stand for all, in proportion.
 */
export function historyFromRecords(run: string, endpoints: readonly EndpointRecords[]): RunHistory {
  const present = endpoints.filter(({ runs }) => runs.has(run));
  const records = present.map((endpoint) => endpoint.of(run));
  const requests = records.reduce((sum, { requestCount }) => sum + requestCount, 0);
  const [densest] = records.toSorted((a, b) => b.floors.points.length - a.floors.points.length);
  const scale = requests / (densest?.requestCount ?? 1);
  return {
    run,
    source: 'records',
    process: undefined,
    started: records.reduce((earliest, { started }) => Math.min(earliest, started), Infinity),
    requests,
    finished: new Map(present.map((one) => [one.endpoint, one.of(run).requestCount])),
    floors: (densest?.floors.points ?? []).map((point) => ({
      ...point,
      request: Math.round(point.request * scale),
    })),
    windows: [],
    sites: [],
    isProbed: false,
    openRequests: 0,
    overhead: undefined,
    limitBytes: 0,
  };
}

/** A run with the requests that its records alone tell of: those of a killed run go on after its last entry. */
export function withRecorded(
  history: RunHistory,
  endpoints: readonly EndpointRecords[],
): RunHistory {
  const counts = new Map(history.finished);
  for (const { endpoint, runs } of endpoints) {
    const recorded = runs.get(history.run)?.requestCount ?? 0;
    counts.set(endpoint, Math.max(recorded, counts.get(endpoint) ?? 0));
  }
  const told = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return { ...history, requests: Math.max(history.requests, told) };
}
