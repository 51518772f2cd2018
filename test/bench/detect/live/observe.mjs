// Runs one service from start to analysis.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { analyzeProfileDirectory } from 'heaptide';
import { drive } from './traffic.mjs';

const SERVICE = fileURLToPath(new URL('service.mjs', import.meta.url));

/**
 * Starts a service of these programs, sends it the traffic, and returns what heaptide says of it, live (`events`) and
 * afterwards (`analysis`), beside the true rates.
 */
export async function observe({ programs, seed, bound, traffic, env = {} }) {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-live-'));
  const service = fork(SERVICE, [String(seed), String(bound), ...programs], {
    env: { ...process.env, ...env, HEAPTIDE_PROFILE_OUTPUT_DIR: directory },
  });
  try {
    const [{ port }] = await once(service, 'message');
    await drive({ port, ...traffic });
    service.send('finish');
    const [report] = await once(service, 'message');
    await once(service, 'exit');
    return { ...report, analysis: await analyzeProfileDirectory(directory) };
  } finally {
    service.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Maps with at most `limit` at a time. */
export async function mapConcurrently(items, limit, map) {
  const results = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await map(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
