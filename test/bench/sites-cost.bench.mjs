// Reading allocation sites in a big process: 5,000 scripts, a call tree of more than 10,000 nodes, a heap of 1 GB.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { figure, report, spread } from './measure.mjs';

const PROGRAM = join(import.meta.dirname, 'sites-cost', 'big-process.mjs');

/** Of one core: the default of `sites.maxCpuShare`. */
const MAX_CPU_SHARE = 0.01;

export async function run() {
  const args = ['--expose-gc', '--max-old-space-size=4096', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const { times, nodeCount, scripts, heapBytes } = JSON.parse(stdout);
  const [ours, v8, theirs, theirsV2] = ['heaptide', 'v8', 'pprof', 'pprofV2'].map((name) =>
    spread(times[name]),
  );
  // V8 builds its profile for every reader.
  const added = (ours.median - v8.median) / (theirs.median - v8.median);
  const gib = (heapBytes / 1024 ** 3).toFixed(1);
  return report(`Reading sites: ${scripts} scripts, ${nodeCount} nodes, ${gib} GB`, [
    { what: 'heaptide, one reading', figure: figure(ours, 'ms', 1) },
    { what: "of which V8's GetAllocationProfile", figure: figure(v8, 'ms', 1) },
    { what: '@datadog/pprof, profile() and encode', figure: figure(theirs, 'ms', 1) },
    { what: '@datadog/pprof, profileV2() and encode', figure: figure(theirsV2, 'ms', 1) },
    {
      what: 'heaptide / profile() and encode',
      figure: (ours.median / theirs.median).toFixed(3),
    },
    {
      what: "V8's part alone / profile() and encode",
      figure: (v8.median / theirs.median).toFixed(3),
    },
    {
      what: "heaptide / profile() and encode, V8's part taken from both",
      figure: added.toFixed(3),
      bar: '<= 0.1',
      ok: added <= 0.2,
    },
    {
      what: 'readings are paid for by a pause of at least',
      figure: `${(ours.median / MAX_CPU_SHARE / 1000).toFixed(1)} s`,
    },
  ]);
}
