// A heap whose sampler has thousands of tree nodes, read once as a capture reads it: into tables that are empty. Prints
// time and peak memory, which Linux tells.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const addon = createRequire(import.meta.url)('../../native/fixtures/addon.cjs');
const FUNCTIONS = 3000;

const status = (name) =>
  Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) *
  1024;

addon.startSampler({ intervalBytes: 16_384, stackDepth: 32, selfPrefixes: [] });
const kept = [];
const makers = Array.from({ length: FUNCTIONS }, (_, n) => {
  const make = new Function(
    'kept',
    `for (let i = 0; i < 200; i++) kept.push({ n: ${n}, list: [i, i] });`,
  );
  return () => make(kept);
});
for (const make of makers) make();
globalThis.gc();

// Resets the peak of the resident set.
writeFileSync('/proc/self/clear_refs', '5');
const before = status('VmRSS');
const { readMs, nodeCount } = addon.readSites(40);
const peakBytes = Math.max(0, status('VmHWM') - before);
console.log(
  JSON.stringify({ readMs, nodeCount, peakBytes, heapBytes: process.memoryUsage().heapUsed }),
);
