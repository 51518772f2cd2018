// Flushing: the cost of a batch must depend on the batch, never on the file that it is appended to.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figure, report, spread } from './measure.mjs';

const { EndpointProfiler, profileEndpoint } = createRequire(import.meta.url)('../../dist/index.js');
const BATCH = 100;

export async function run() {
  const outputDir = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const profiler = new EndpointProfiler({
    outputDir,
    bufferSize: 4096,
    capture: { error: false, spikeRatio: 0, periodicEvery: 0, postGc: false },
    probe: { enabled: false },
    enabled: true,
  });
  // Two endpoints, so that the small file and the large one are written alternately, on the same machine state.
  const grown = profileEndpoint('large', { profiler })((value) => value);
  for (let i = 0; i < 10_000; i++) {
    grown(i);
    if (i % 1000 === 0) await profiler.buffer.flushAll();
  }
  await profiler.buffer.flushAll();

  const samples = { small: [], large: [] };
  for (let round = 0; round < 40; round++) {
    const fresh = profileEndpoint(`small-${round}`, { profiler })((value) => value);
    for (const [name, handler] of [
      ['small', fresh],
      ['large', grown],
    ]) {
      if (name === 'small') {
        // The first record creates the file; what is compared is the append.
        handler(0);
        await profiler.buffer.flushAll();
      }
      for (let i = 0; i < BATCH; i++) handler(i);
      const started = performance.now();
      await profiler.buffer.flushAll();
      samples[name].push(performance.now() - started);
    }
  }
  await profiler.stop();
  rmSync(outputDir, { recursive: true, force: true });

  const [small, large] = [spread(samples.small), spread(samples.large)];
  const ratio = large.median / small.median;
  return report('Flushing 100 records', [
    { what: 'to a file of 1 record', figure: figure(small, 'ms', 2) },
    { what: 'to a file of 10,000 records', figure: figure(large, 'ms', 2) },
    {
      what: 'large / small',
      figure: `${ratio.toFixed(2)} x`,
      bar: 'about 1 x',
      ok: ratio < 2,
    },
  ]);
}
