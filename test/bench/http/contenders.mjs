// What is compared: one server without anything, and the same server under each observer.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const REGISTER = createRequire(import.meta.url).resolve('heaptide/register');
const heaptide = (env) => ({ observer: 'none', execArgv: ['--require', REGISTER], env });

/**
 * V8's largest young generation, where it is in a service that has run for a while. Otherwise contenders differ by
 * whether V8 has enlarged theirs already, which costs more than any of them.
 */
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

/** By name; the first and the last are the same bare server, which is the control. */
export const CONTENDERS = {
  bare: { observer: 'none' },
  'register, profiling off': heaptide({ HEAPTIDE_ENABLE_PROFILING: '0' }),
  'heaptide, counters only': heaptide({
    HEAPTIDE_PROFILING_SAMPLE_RATE: '0',
    HEAPTIDE_SITES_ENABLED: '0',
    HEAPTIDE_PROBE_ENABLED: '0',
  }),
  'heaptide, one record in a hundred': heaptide({ HEAPTIDE_PROFILING_SAMPLE_RATE: '0.01' }),
  'heaptide, defaults': heaptide({}),
  '@datadog/pprof heap': { observer: 'pprof' },
  'prom-client': { observer: 'prometheus' },
  'bare again (control)': { observer: 'none' },
};

/** Starts the contender's server. `cpuMs` reads the CPU time that it has taken so far, in ms. */
export async function startServer(app, { observer, execArgv = [], env = {} }, directory) {
  const child = fork(join(import.meta.dirname, 'server.mjs'), [app, observer], {
    execArgv: [...YOUNG_GENERATION, ...execArgv],
    env: {
      ...process.env,
      ...env,
      NODE_ENV: 'production',
      HEAPTIDE_PROFILE_OUTPUT_DIR: directory,
    },
  });
  const [{ port }] = await once(child, 'message');
  return {
    port,
    async cpuMs() {
      child.send('cpu');
      const [{ user, system }] = await once(child, 'message');
      return (user + system) / 1000;
    },
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
