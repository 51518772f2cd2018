// A process with many scripts, a large call tree and a large heap. Reads its allocation sites with heaptide and with
// @datadog/pprof in turn; prints the times in ms.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import vm from 'node:vm';

const require = createRequire(import.meta.url);
const { encodeSync, heap } = require('@datadog/pprof');
const { loadBinding } = require('../../../dist/binding/load.js');

const v8Cost = { exports: {} };
process.dlopen(v8Cost, join(import.meta.dirname, '../../../build/Release/v8_cost.addon'));

const SCRIPTS = 5000;
const HEAP_BYTES = 1024 ** 3;
const INTERVAL = 128 * 1024;
const DEPTH = 32;
const ROUNDS = 7;

/** Bytes of one kept array: small enough to be sampled one by one. */
const CHUNK = 4096;

const { binding } = loadBinding();
binding.startSampler({ intervalBytes: INTERVAL, stackDepth: DEPTH, selfPath: '/nowhere' });

const kept = [];
const keep = (count) => {
  for (let i = 0; i < count; i++) kept.push(new Array(CHUNK / 8).fill(i));
};
for (let i = 0; i < SCRIPTS; i++) {
  const source = `(keep, count) => {
    function handler${i}() { return service${i}(); }
    function service${i}() { return keep(count); }
    return handler${i}();
  }`;
  const script = vm.runInThisContext(source, { filename: `/srv/app/lib/module-${i}.js` });
  script(keep, HEAP_BYTES / CHUNK / SCRIPTS);
}
globalThis.gc();

heap.start(INTERVAL, DEPTH);
const contenders = {
  heaptide: () => binding.readSites(40),
  v8: () => v8Cost.exports.allocationProfileMs(),
  pprof: () => encodeSync(heap.profile()),
  pprofV2: () => encodeSync(heap.profileV2()),
};
const times = { heaptide: [], v8: [], pprof: [], pprofV2: [] };
let nodeCount = 0;
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, contender] of Object.entries(contenders)) {
    const started = performance.now();
    const result = contender();
    times[name].push(performance.now() - started);
    if (name === 'heaptide') nodeCount = result.nodeCount;
  }
}
console.log(
  JSON.stringify({
    times,
    nodeCount,
    scripts: SCRIPTS,
    keptArrays: kept.length,
    heapBytes: process.memoryUsage().heapUsed,
  }),
);
process.exit();
