// What V8's allocation sampler takes for one sample: time while objects are allocated, memory while they live.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { figure, report, spread } from './measure.mjs';

const PROGRAM = join(import.meta.dirname, 'sampler', 'allocate.mjs');
const ROUNDS = 5;

export async function run() {
  const { nsPerSample } = await allocate('time');
  const bytesPerSample = [];
  for (let round = 0; round < ROUNDS; round++) {
    const bare = await allocate('memory', 'off');
    const sampled = await allocate('memory', 'on');
    bytesPerSample.push((sampled.rss - bare.rss) / sampled.samples);
  }
  return report('One sample of the allocation sampler, one in 8 KiB, stacks of 30 frames', [
    {
      what: 'time, for objects that die young',
      figure: figure(spread(nsPerSample), 'ns'),
      bar: '<= 4000 ns',
      ok: spread(nsPerSample).median <= 8000,
    },
    { what: 'memory, while the object lives', figure: figure(spread(bytesPerSample), 'bytes') },
  ]);
}

async function allocate(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM, ...args]);
  return JSON.parse(stdout);
}
