// Whether the observer leaks: four million requests with a reading of allocation sites every hundredth, and what the
// process holds after a full GC, 80 times in between. Takes a minute.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { linearRegression, mean, sum } from 'simple-statistics';
import { report } from './measure.mjs';

const PROGRAM = join(import.meta.dirname, '..', 'native', 'fixtures', 'same-work.mjs');
const BLOCKS = 80;
const REQUESTS_PER_BLOCK = 50_000;

export async function run() {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  try {
    const args = ['--expose-gc', PROGRAM, String(BLOCKS), String(REQUESTS_PER_BLOCK), directory];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { held, requestsFinished, readCount } = JSON.parse(stdout);
    // V8 collects code and type feedback for a while.
    const later = held.slice(BLOCKS / 2);
    const requests = `${(requestsFinished / 1e6).toFixed(0)} million requests`;
    return report(`What ${requests} and ${readCount} readings of sites leave behind, later half`, [
      growthRow(
        'heap after a full GC',
        later.map(({ heap }) => heap),
      ),
      growthRow(
        'resident set size',
        later.map(({ rss }) => rss),
      ),
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function growthRow(what, values) {
  const { slope, error } = growthPerRequest(values);
  return {
    what: `${what}, growth with its 95 % interval`,
    figure: `${slope.toFixed(3)} +/- ${error.toFixed(3)} B/request`,
    bar: 'the interval holds 0',
    ok: slope <= 2 * error,
  };
}

/** Least squares. Where values that follow each other resemble each other, they count as fewer. */
function growthPerRequest(values) {
  const { m: slope, b: start } = linearRegression(values.map((value, block) => [block, value]));
  const residuals = values.map((value, block) => value - start - slope * block);
  const squares = sum(residuals.map((residual) => residual ** 2));
  const products = sum(residuals.slice(1).map((residual, n) => residual * residuals[n]));
  const resemblance = Math.min(0.9, Math.max(0, products / squares));
  const middle = mean(values.map((_, block) => block));
  const width = sum(values.map((_, block) => (block - middle) ** 2));
  const error = Math.sqrt(squares / (values.length - 2) / width);
  const inflation = Math.sqrt((1 + resemblance) / (1 - resemblance));
  return {
    slope: slope / REQUESTS_PER_BLOCK,
    error: (1.96 * error * inflation) / REQUESTS_PER_BLOCK,
  };
}
