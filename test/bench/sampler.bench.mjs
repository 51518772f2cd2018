// What V8's allocation sampler takes for one sample: CPU time of a service under load, by switching the sampler in turns
// within one process, and memory while the sampled object lives.
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import autocannon from 'autocannon';
import { figure, report, spread } from './measure.mjs';

const FOLDER = join(import.meta.dirname, 'sampler');
const ROUNDS = 12;
const TURN_SECONDS = 2;
const WARM_UP_SECONDS = 8;
/** The default interval, and what a busy service ends at. */
const INTERVALS = [8192, 512 * 1024];
const MEMORY_ROUNDS = 5;

export async function run() {
  return report('One sample of the allocation sampler', [
    ...(await timeRows('express')),
    ...(await timeRows('fastify')),
    { what: 'memory, while the object lives', figure: figure(await memory(), 'bytes') },
  ]);
}

async function timeRows(app) {
  const child = fork(join(FOLDER, 'serve.mjs'), [app]);
  const [{ port }] = await once(child, 'message');
  const url = `http://127.0.0.1:${port}/hello/world`;
  await autocannon({ url, connections: 20, duration: WARM_UP_SECONDS });
  const turns = [0, ...INTERVALS];
  const taken = Object.fromEntries(turns.map((interval) => [interval, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const interval of round % 2 === 0 ? turns : turns.toReversed()) {
      taken[interval].push(await takeTurn(child, url, interval));
    }
  }
  child.disconnect();
  await once(child, 'exit');
  const bare = spread(taken[0].map(({ us }) => us)).median;
  return INTERVALS.flatMap((interval) => {
    const extra = taken[interval].map(({ us }, round) => us - taken[0][round].us);
    const perSample = extra.map((us, round) => us / (taken[0][round].bytes / interval));
    const share = spread(extra.map((us) => (100 * us) / bare));
    return [
      { what: `${app} hello, one in ${interval / 1024} KiB`, figure: figure(share, '% of CPU', 1) },
      { what: '  for each sample', figure: figure(spread(perSample), 'us') },
    ];
  });
}

/** CPU time and allocated bytes per request under load. */
async function takeTurn(child, url, interval) {
  const before = await ask(child, interval);
  await autocannon({ url, connections: 20, duration: TURN_SECONDS });
  const after = await ask(child, 0);
  const requests = after.requests - before.requests;
  return {
    us: ((after.threadMs - before.threadMs) * 1000) / requests,
    bytes: (after.allocated - before.allocated) / requests,
  };
}

async function ask(child, interval) {
  child.send(interval);
  const [answer] = await once(child, 'message');
  return answer;
}

async function memory() {
  const perSample = [];
  for (let round = 0; round < MEMORY_ROUNDS; round++) {
    const bare = await allocate('off');
    const sampled = await allocate('on');
    perSample.push((sampled.rss - bare.rss) / sampled.samples);
  }
  return spread(perSample);
}

async function allocate(mode) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    join(FOLDER, 'allocate.mjs'),
    mode,
  ]);
  return JSON.parse(stdout);
}
