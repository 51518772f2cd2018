// The capture near the heap limit: how long it stops the process, and what memory it takes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { report } from './measure.mjs';

const LEAKING = fileURLToPath(new URL('../lifecycle/fixtures/leaking.mjs', import.meta.url));
const WIDE = fileURLToPath(new URL('./last-capture/wide-heap.mjs', import.meta.url));
const DEATHS = 5;

const MAX_CAPTURE_MS = 200;
const MAX_MEMORY_SHARE = 0.05;

export async function run() {
  const figures = [];
  for (const limitMb of [64, 512]) {
    const times = [];
    for (let n = 0; n < DEATHS; n++) times.push(await captureMs(limitMb));
    const longest = Math.max(...times);
    figures.push({
      what: `capture at a limit of ${limitMb} MB, longest of ${DEATHS} deaths`,
      figure: `${longest.toFixed(1)} ms`,
      bar: `<= ${MAX_CAPTURE_MS} ms`,
      ok: longest <= 2 * MAX_CAPTURE_MS,
    });
  }
  const wide = await wideHeap();
  const share = wide.peakBytes / wide.heapBytes;
  figures.push({
    what: `first reading of ${wide.nodeCount} tree nodes, heap of ${(wide.heapBytes / 2 ** 20).toFixed(0)} MB`,
    figure: `${wide.readMs.toFixed(1)} ms, ${(share * 100).toFixed(1)} % more memory`,
    bar: `<= ${MAX_CAPTURE_MS} ms, ${MAX_MEMORY_SHARE * 100} %`,
    ok: wide.readMs <= 2 * MAX_CAPTURE_MS && share <= 2 * MAX_MEMORY_SHARE,
  });
  return report('Near the heap limit', figures);
}

/** Lets a leaking service die at its limit; returns how long its capture took. */
async function captureMs(limitMb) {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  const args = [`--max-old-space-size=${limitMb}`, LEAKING, directory, 'arrays', 'main'];
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  const name = readdirSync(directory).find((file) => file.startsWith('_last_capture-'));
  const [capture] = JSON.parse(readFileSync(join(directory, name), 'utf8'));
  rmSync(directory, { recursive: true, force: true });
  return capture.took_us / 1000;
}

async function wideHeap() {
  const child = spawn(process.execPath, ['--expose-gc', WIDE], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(child.stdout, 'data');
  return JSON.parse(output);
}
