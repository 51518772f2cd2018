// Reading the heap: the addon's one call beside what Node.js offers.

import { createRequire } from 'node:module';
import v8 from 'node:v8';
import { compare, figure, report } from './measure.mjs';

const require = createRequire(import.meta.url);
const { createFallback } = require('../../dist/binding/fallback/fallback-binding.js');
const { loadBinding } = require('../../dist/binding/load.js');

export async function run() {
  const { binding } = loadBinding();
  binding.startGcObserver();
  const repeat = (call) => (iterations) => {
    for (let i = 0; i < iterations; i++) call();
  };
  const fast = await compare(
    {
      read: repeat(binding.read),
      fallback: repeat(createFallback().read),
      statistics: repeat(() => v8.getHeapStatistics()),
    },
    { iterations: 200_000 },
  );
  const slow = await compare(
    { memoryUsage: repeat(() => process.memoryUsage()), read: repeat(binding.read) },
    { iterations: 10_000 },
  );
  binding.stopGcObserver();
  const ratio = slow.memoryUsage.median / slow.read.median;
  return report('Reading the heap', [
    {
      what: 'heaptide read()',
      figure: figure(fast.read, 'ns'),
      bar: '<= 150 ns',
      ok: fast.read.median <= 300,
    },
    { what: 'heaptide read(), JavaScript fallback', figure: figure(fast.fallback, 'ns') },
    { what: 'v8.getHeapStatistics()', figure: figure(fast.statistics, 'ns') },
    { what: 'process.memoryUsage()', figure: figure(slow.memoryUsage, 'ns') },
    {
      what: 'process.memoryUsage() / read()',
      figure: `${ratio.toFixed(0)} x`,
      bar: '>= 50 x',
      ok: ratio >= 25,
    },
  ]);
}
