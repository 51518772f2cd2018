// npm run demo: starts a service that leaks, sends it half a minute of traffic, and asks heaptide what it saw.
// Exits with 1 when a leak is missed or a healthy endpoint is blamed. `--seconds N` changes the length.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { drive } from './load.mjs';

const LEAKING = ['GET /orders/:id', 'POST /uploads'];
const PHASE_SECONDS = 2;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' } } });
const seconds = Number(values.seconds);
const directory = mkdtempSync(join(tmpdir(), 'heaptide-demo-'));
const cli = fileURLToPath(import.meta.resolve('heaptide/package.json')).replace(
  'package.json',
  'dist/cli/main.js',
);

console.log(
  `An Express service with five endpoints; two of them leak. ${seconds} seconds of traffic:\n`,
);
const service = fork(fileURLToPath(new URL('service.mjs', import.meta.url)), {
  execArgv: ['--max-old-space-size=256'],
  env: { ...process.env, HEAPTIDE_PROFILE_OUTPUT_DIR: directory, NODE_ENV: 'production' },
});
const [{ port }] = await once(service, 'message');

const bar = new SingleBar({
  format: '  {bar} {percentage} %  about {eta} s left',
  barsize: 40,
  hideCursor: true,
});
bar.start(100, 0);
const requests = await drive({
  port,
  seconds,
  phaseSeconds: PHASE_SECONDS,
  onProgress: (share) => bar.update(Math.round(share * 100)),
});
bar.stop();

service.kill('SIGTERM');
await once(service, 'exit');
console.log(`\n${requests} requests answered, service stopped. heaptide analyze says:\n`);

const analyze = (...flags) => [cli, 'analyze', directory, ...flags];
execFileSync(process.execPath, analyze(), { stdio: 'inherit' });

const analysis = JSON.parse(
  execFileSync(process.execPath, analyze('--json'), { encoding: 'utf8' }),
);
const named = analysis.endpoints.filter((e) => e.leak_detected).map((e) => e.endpoint);
const right = named.length === LEAKING.length && LEAKING.every((name) => named.includes(name));
console.log(
  right
    ? 'Both leaks found, no healthy endpoint blamed.'
    : `Expected ${LEAKING.join(' and ')}, but found: ${named.join(', ') || 'none'}.`,
);

const page = join(directory, 'report.html');
execFileSync(process.execPath, [cli, 'report', directory, '-o', page]);
console.log(`
The same with charts, as one HTML file:
  ${page}

The profiles stay beside it. Next:
  npx heaptide analyze ${directory} --json   # for scripts
  npx heaptide export ${directory} --format markdown   # for an issue
  npx heaptide top ${directory}   # while a service runs
  jq '.[0]' ${join(directory, 'GET_orders_id.json')}   # one record, plain JSON`);
process.exitCode = right ? 0 : 1;
