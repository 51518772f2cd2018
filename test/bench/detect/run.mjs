// npm run bench:detect [series|live|mix]: how well heaptide decides (docs/detection.md). Without a name, all three parts:
// recorded series take half a minute, live programs and mixes 20 to 30 minutes each. Prints Markdown tables and exits with
// 1 when a bar is missed.
import { cpus, loadavg } from 'node:os';
import { runLive } from './live/run-live.mjs';
import { runMix } from './live/run-mix.mjs';
import { runSeries } from './run-series.mjs';

const PARTS = { series: runSeries, live: runLive, mix: runMix };

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`No part is named ${unknown.join(', ')}: ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

console.log(
  `Node.js ${process.version}, ${cpus().length} x ${cpus()[0].model}, load ${loadavg()[0].toFixed(1)}\n`,
);
const failures = [];
for (const name of names) failures.push(...(await PARTS[name]()));
for (const failure of failures) console.error(`MISSED: ${failure}`);
console.log(failures.length === 0 ? 'All bars met.' : `${failures.length} bars missed.`);
process.exitCode = failures.length === 0 ? 0 : 1;
