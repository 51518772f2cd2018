// Allocates under a deep stack, with V8's sampler and without. `time` prints what a sample takes of time; `memory on` and
// `memory off` what the process holds beside 200 MB of live objects, and the number of samples.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { loadBinding } = require('../../../dist/binding/load.js');
const { HEAP } = require('../../../dist/binding/contract.js');

const SAMPLER = { intervalBytes: 8192, stackDepth: 32, selfPath: '/nowhere' };
const DEPTH = 30;
const ROUNDS = 15;
const WARM_UP = 3;
const { binding } = loadBinding();
binding.startGcObserver();

const [mode, sampler] = process.argv.slice(2);
console.log(JSON.stringify(mode === 'time' ? { nsPerSample: times() } : heldMemory(sampler)));

function times() {
  const nsPerSample = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const bare = measure(makeGarbage);
    binding.startSampler(SAMPLER);
    const sampled = measure(makeGarbage);
    binding.stopSampler();
    nsPerSample.push((sampled.ns - bare.ns) / sampled.samples);
  }
  return nsPerSample.slice(WARM_UP);
}

function heldMemory(sampler) {
  const kept = [];
  if (sampler === 'on') binding.startSampler(SAMPLER);
  const { samples } = measure(() => {
    for (let i = 0; i < 400_000; i++) kept.push(new Array(60).fill(i));
  });
  globalThis.gc();
  return { rss: process.memoryUsage.rss(), samples, kept: kept.length };
}

function makeGarbage() {
  let sum = 0;
  for (let i = 0; i < 300_000; i++) sum += { i, list: [i, i, i, i], text: `n${i}` }.list.length;
  return sum;
}

function measure(work) {
  const before = allocatedBytes();
  const started = process.hrtime.bigint();
  under(DEPTH, work);
  const ns = Number(process.hrtime.bigint() - started);
  return { ns, samples: (allocatedBytes() - before) / SAMPLER.intervalBytes };
}

function under(depth, work) {
  if (depth > 0) under(depth - 1, work);
  else work();
}

function allocatedBytes() {
  binding.read();
  return binding.heap[HEAP.used] + binding.heap[HEAP.freed];
}
