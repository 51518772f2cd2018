// Reads the fixtures that `extract.mjs` makes: recorded runs of 70 small programs, of two seeds each.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Lengths of the windows that a decision is asked of, in requests since the start of the run. */
export const WINDOWS = [200, 1_000, 5_000, 20_000];

/** Runs with a major GC asked for at intervals: what is known of the program, its floors, and what is expected. */
export function readProbedRuns() {
  return readRuns('probed-series').map((run) => ({ ...run, floors: decodeRows(run.floors) }));
}

/** The same programs without any GC asked for: their natural GCs and readings of used heap. */
export function readNaturalRuns() {
  return readRuns('natural-series').map((run) => ({ ...run, readings: decodeRows(run.readings) }));
}

/** The floors of the first `window` requests. */
export function floorsWithin(run, window) {
  return run.floors.filter((floor) => floor.request <= window + 1);
}

/** First value, then differences: small numbers compress well. */
export function encodeDeltas(values) {
  return values.map((value, index) => (index === 0 ? value : value - values[index - 1]));
}

/** Undoes {@link encodeDeltas}. */
export function decodeDeltas(deltas) {
  let value = 0;
  return deltas.map((delta) => {
    value += delta;
    return value;
  });
}

function readRuns(fixture) {
  const file = path.join(import.meta.dirname, `${fixture}.ndjson.gz`);
  return gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Delta-encoded columns to rows. */
function decodeRows(columns) {
  const decoded = Object.entries(columns).map(([name, deltas]) => [name, decodeDeltas(deltas)]);
  return decoded[0][1].map((_, row) =>
    Object.fromEntries(decoded.map(([name, values]) => [name, values[row]])),
  );
}
