// Keeps 200 MB of objects, sampled (`on`) or not (`off`), and prints what the process holds and the number of samples.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { loadBinding } = require('../../../dist/binding/load.js');
const { HEAP } = require('../../../dist/binding/contract.js');

const SAMPLER = { intervalBytes: 8192, stackDepth: 32, selfPath: '/nowhere' };
const { binding } = loadBinding();
const kept = [];
if (process.argv[2] === 'on') binding.startSampler(SAMPLER);
for (let i = 0; i < 400_000; i++) kept.push(new Array(60).fill(i));
globalThis.gc();
binding.read();
const samples = binding.heap[HEAP.used] / SAMPLER.intervalBytes;
console.log(JSON.stringify({ rss: process.memoryUsage.rss(), samples, kept: kept.length }));
