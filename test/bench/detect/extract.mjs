// Extracts the fixtures of this folder from recordings of real Node.js processes, whose README describes their format:
//
//   NODE_PATH=node_modules node test/bench/detect/extract.mjs <folder of recordings>
//
// The folder also holds `prototype/`, the executable specification of the detector: its decisions are stored as what is
// expected of heaptide's. Fixtures: `probed-series.ndjson.gz` and `natural-series.ndjson.gz`, read by `series.mjs`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeDeltas, encodeDeltas, WINDOWS } from './series.mjs';

// Heap readings between GCs are kept for every request at first and for every fifth later, in KB: the rules that read
// them see the same sawtooth, in a tenth of the space.
const DENSE_REQUESTS = 1_000;
const SPARSE_STEP = 5;

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node test/bench/detect/extract.mjs <folder of recordings>');
  process.exit(2);
}
const prototype = createRequire(path.resolve(folder, 'prototype/d5multi.js'))('./d5multi.js');

const names = readdirSync(folder).filter((name) => name.endsWith('.ndjson.gz'));
write('probed-series', '.probe.ndjson.gz', probedRun);
write('natural-series', '.natural.ndjson.gz', naturalRun);

function write(fixture, suffix, convert) {
  const lines = names
    .filter((name) => name.endsWith(suffix))
    .map((name) => `${JSON.stringify(convert(readRecording(path.join(folder, name))))}\n`);
  const file = path.join(import.meta.dirname, `${fixture}.ndjson.gz`);
  writeFileSync(file, gzipSync(lines.join(''), { level: 9 }));
  console.log(`${file}: ${lines.length} runs`);
}

function readRecording(file) {
  const recording = { columns: {} };
  for (const line of gunzipSync(readFileSync(file)).toString().trim().split('\n')) {
    const part = JSON.parse(line);
    if (part.type === 'col') {
      recording.columns[part.name] = decodeDeltas(part.delta).map((value) => value * part.q);
    } else {
      recording[part.type] = part;
    }
  }
  return recording;
}

function probedRun({ meta, columns, probe, sites }) {
  const floors = probe.rows.map(
    ([request, used, external, , rss, , inFlight, , total, , code, bytecode]) => ({
      request,
      timestamp: columns.t[Math.max(0, request - 1)],
      heap: used - (code ?? 0) - (bytecode ?? 0),
      external,
      native: rss - total - external,
      inFlight,
    }),
  );
  const fields = ['request', 'timestamp', 'heap', 'external', 'native', 'inFlight'];
  return {
    ...identity(meta),
    channel: meta.channel === 'rss' ? 'native' : meta.channel,
    label: meta.label,
    requests: meta.N,
    onset: meta.onset,
    settle: meta.settle,
    stepEvery: meta.stepPer,
    leakingEndpoints: meta.leakEp ?? [],
    floors: Object.fromEntries(
      fields.map((field) => [field, encodeDeltas(floors.map((floor) => floor[field]))]),
    ),
    ...(meta.endpoints > 1 && { finished: finishedBetween(floors, columns.ep, meta.endpoints) }),
    ...(sites && { sites: { keys: sites.keys, rows: sites.rows } }),
    expected: Object.fromEntries(WINDOWS.map((window) => [window, expected(probe.rows, window)])),
  };
}

/** Requests finished between a floor and the one before, by endpoint. */
function finishedBetween(floors, endpointOfRequest, endpoints) {
  let next = 0;
  return floors.map(({ request }) => {
    const counts = new Array(endpoints).fill(0);
    for (; next < Math.min(request, endpointOfRequest.length); next++) {
      counts[endpointOfRequest[next]] += 1;
    }
    return counts;
  });
}

/** The prototype's decisions on the first `window` requests: `[verdict, bytes per request]` by channel. */
function expected(rows, window) {
  const floors = rows
    .filter(([request]) => request <= window + 1)
    .map(([request, used, external, , rss, , inFlight, , total, , code, bytecode]) => ({
      x: request,
      y: used - (code ?? 0) - (bytecode ?? 0),
      ext: external,
      rss,
      infl: inFlight,
      tot: total,
    }));
  const { heap, ext, nat } = prototype.multi(floors);
  return Object.fromEntries(
    Object.entries({ heap, external: ext, native: nat }).map(([channel, decision]) => [
      channel,
      [decision.verdict, decision.slope],
    ]),
  );
}

function naturalRun({ meta, columns, gc }) {
  const kept = columns.heap.flatMap((used, request) =>
    request < DENSE_REQUESTS || request % SPARSE_STEP === 0 ? [[request, used]] : [],
  );
  return {
    ...identity(meta),
    // Scavenges (0) and major GCs (1) with the used heap at their end.
    gcs: gc.rows
      .filter(([, kind]) => kind === 0 || kind === 1)
      .map(([request, kind, , after]) => [request, kind, after]),
    readings: {
      request: encodeDeltas(kept.map(([request]) => request)),
      usedKb: encodeDeltas(kept.map(([, used]) => Math.round(used / 1024))),
    },
  };
}

function identity({ scenario, seed }) {
  return { scenario, seed };
}
