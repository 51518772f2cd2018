// Reading allocation sites in the demo's own service, under the demo's own load.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drive } from '../../docs/examples/demo/load.mjs';
import { report } from './measure.mjs';

const SERVICE = fileURLToPath(new URL('../../docs/examples/demo/service.mjs', import.meta.url));

export async function run() {
  const outputDir = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const service = fork(SERVICE, {
    env: { ...process.env, HEAPTIDE_PROFILE_OUTPUT_DIR: outputDir },
  });
  const [{ port }] = await once(service, 'message');
  await drive({ port, seconds: 12, phaseSeconds: 2, onProgress: () => {} });
  service.send('stats');
  const [stats] = await once(service, 'message');
  service.kill('SIGTERM');
  await once(service, 'exit');
  rmSync(outputDir, { recursive: true, force: true });

  const mean = stats.sites.readMs / stats.sites.readCount;
  const perProbe = stats.probes.pauseMs / stats.probes.floors;
  return report('The demo service under load', [
    {
      what: `reading sites, mean of ${stats.sites.readCount}`,
      figure: `${mean.toFixed(2)} ms`,
      bar: '<= 2 ms',
      ok: mean <= 4,
    },
    {
      what: `GC pauses per floor probe, mean of ${stats.probes.floors}`,
      figure: `${perProbe.toFixed(1)} ms`,
    },
    {
      what: 'detailed captures among profiled requests',
      figure: `${Object.values(stats.detailed).reduce((a, b) => a + b)} of ${stats.requestsProfiled}`,
    },
  ]);
}
