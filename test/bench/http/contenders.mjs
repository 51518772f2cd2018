// What is compared: one server without anything, and the same server under each observer.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const { resolve } = createRequire(import.meta.url);
const REGISTER = resolve('heaptide/register');

const heaptide = (env) => ({ observer: 'heaptide', execArgv: ['--require', REGISTER], env });

/**
 * V8's largest young generation, where it is in a service that has run for a while. Otherwise contenders differ by
 * whether V8 has enlarged theirs already, which costs more than any of them.
 */
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

export const BARE = { observer: 'none' };

/**
 * Probes and samples as they are in a run of ten minutes. Probes are six times as dense in its first two, and then as
 * many in each doubling of its age. A measurement as long as their interval sees one. Samples are thinned out to one in
 * 512 KiB, or to fewer, after 9 to 50 seconds of such load on a core of its own.
 */
const TEN_MINUTES_OLD = {
  HEAPTIDE_PROBE_MIN_INTERVAL_MS: '12500',
  HEAPTIDE_SITES_SAMPLE_INTERVAL_BYTES: '524288',
};
const PROBE_SECONDS = 13;

/**
 * By name. `bar` is the highest cost, as a share of the main thread's CPU time, `seconds` how long each measurement takes
 * where that is not as usual.
 */
export const CONTENDERS = {
  'control: bare against bare': BARE,
  'register, profiling off': heaptide({ HEAPTIDE_ENABLE_PROFILING: '0' }),
  'heaptide, counters only': {
    ...heaptide({
      HEAPTIDE_PROFILING_SAMPLE_RATE: '0',
      HEAPTIDE_SITES_ENABLED: '0',
      HEAPTIDE_PROBE_ENABLED: '0',
    }),
    bar: 0.01,
  },
  'heaptide, defaults, after ten minutes': {
    ...heaptide(TEN_MINUTES_OLD),
    seconds: PROBE_SECONDS,
    bar: 0.03,
  },
};

/** Measured too with HEAPTIDE_BENCH_ALL=1: what the parts of the defaults cost, and others that watch memory. */
export const MORE_CONTENDERS = {
  'heaptide, defaults, first two minutes': heaptide({}),
  'heaptide, no sites, no probes': heaptide({
    HEAPTIDE_SITES_ENABLED: '0',
    HEAPTIDE_PROBE_ENABLED: '0',
  }),
  'heaptide, no probes': heaptide({ HEAPTIDE_PROBE_ENABLED: '0' }),
  'heaptide, sites every 512 KiB': heaptide({ HEAPTIDE_SITES_SAMPLE_INTERVAL_BYTES: '524288' }),
  '@datadog/pprof heap, 512 KiB': { observer: 'pprof' },
  'prom-client': { observer: 'prometheus' },
  ...flame(),
};

/**
 * Its profilers of CPU and heap, as `flame run` starts them. Measured where it is installed, `npm install --no-save
 * @platformatic/flame`: it takes 50 MB, and asks for Node.js 22.6.
 */
function flame() {
  try {
    const execArgv = ['--require', resolve('@platformatic/flame/preload.js')];
    return {
      '@platformatic/flame, CPU and heap': {
        observer: 'none',
        execArgv,
        env: { FLAME_AUTO_START: 'true' },
      },
    };
  } catch {
    return {};
  }
}

/** Starts the contender's server. HEAPTIDE_BENCH_NODE is the Node.js that it runs on. */
export async function startServer(app, { observer, execArgv = [], env = {} }, directory) {
  const server = join(import.meta.dirname, 'server.mjs');
  const child = spawn(
    process.env.HEAPTIDE_BENCH_NODE ?? process.execPath,
    [...YOUNG_GENERATION, ...execArgv, server, app, observer],
    {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: {
        ...process.env,
        ...env,
        NODE_ENV: 'production',
        HEAPTIDE_PROFILE_OUTPUT_DIR: directory,
      },
    },
  );
  const [{ port }] = await once(child, 'message');
  return {
    port,
    pid: child.pid,
    /** CPU time so far, of the main thread and of the process, in ms. */
    async cpuMs() {
      child.send('cpu');
      const [times] = await once(child, 'message');
      return times;
    },
    async stop() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Keeps the main thread of a process on some cores, where the system has `taskset`. V8's helpers stay free. */
export function pin(pid, cores) {
  spawnSync('taskset', ['-cp', cores, `${pid}`], { stdio: 'ignore' });
}
