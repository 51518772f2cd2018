// The command line on files of 10,000 and of 1,000,000 profiles: time and memory of the whole process.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure, report, spread } from './measure.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const MEASURED =
  'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))';

export async function run() {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const small = join(directory, 'small.json');
  const large = join(directory, 'large.json');
  await writeProfiles(small, 10_000);
  await writeProfiles(large, 1_000_000);

  const elapsed = [];
  for (let i = 0; i < 7; i++) {
    const started = performance.now();
    execFileSync(process.execPath, [CLI, small], { stdio: 'ignore' });
    elapsed.push(performance.now() - started);
  }
  const stderr = execFileSync('sh', [
    '-c',
    `"${process.execPath}" --import '${MEASURED}' "${CLI}" "${large}" 2>&1 >/dev/null | tail -1`,
  ]);
  const peakMb = Number(stderr) / 1024;
  rmSync(directory, { recursive: true, force: true });

  const time = spread(elapsed);
  return report('heaptide FILE, process start included', [
    {
      what: '10,000 profiles',
      figure: figure(time, 'ms'),
      bar: '<= 300 ms',
      ok: time.median <= 600,
    },
    {
      what: '1,000,000 profiles, peak memory',
      figure: `${peakMb.toFixed(0)} MB`,
      bar: '<= 150 MB',
      ok: peakMb <= 150,
    },
  ]);
}

async function writeProfiles(path, count) {
  const file = createWriteStream(path);
  file.write('[\n');
  for (let n = 1; n <= count; n++) {
    const line = JSON.stringify({
      request_id: `bench-${n}`,
      timestamp: 1_790_000_000_000 + n * 5,
      memory_mb: 50 + (n % 977) / 100,
      memory_delta_mb: 0.01,
      allocated_mb: 0.01,
      external_mb: 2.5,
      rss_mb: 90,
      latency_ms: 1 + (n % 13) / 10,
      status_code: n % 50 === 0 ? 500 : 200,
      in_flight: 1 + (n % 4),
      gc: [n >> 4, n >> 9],
      floor_mb: 48 + (n >> 9) * 0.001,
      run: 'bench',
    });
    if (!file.write(n === count ? `${line}\n]\n` : `${line},\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}
