// The HTML report of a day: how large it is, how long it takes to write, and, where Chromium is, to open.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { figure, report, spread } from './measure.mjs';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const CHROMIUM = process.env.HEAPTIDE_TEST_CHROMIUM ?? '/usr/bin/chromium';
const SECONDS = 86_400;
const FLOOR_EVERY = 300;
const STACKS = 80;
const ROUNDS = 5;

export async function run() {
  const root = mkdtempSync(join(tmpdir(), 'heaptide-bench-'));
  try {
    const profiles = join(root, 'profiles');
    mkdirSync(profiles);
    writeDay(profiles);
    const page = join(root, 'report.html');
    const written = rounds(() =>
      execFileSync(process.execPath, [CLI, 'report', profiles, '-o', page]),
    );
    const { size } = statSync(page);
    const rows = [
      {
        what: 'size of the report of a day',
        figure: `${(size / 2 ** 20).toFixed(2)} MB`,
        bar: '<= 5 MB',
        ok: size <= 5 * 2 ** 20,
      },
      { what: 'writing it', figure: figure(written, 's', 2) },
    ];
    if (existsSync(CHROMIUM)) rows.push(await opening(page));
    else console.log(`(no Chromium at ${CHROMIUM}: opening is not measured)`);
    return report('The HTML report', rows);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Until both charts and the icicle are drawn. */
async function opening(page) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu'],
  });
  const seconds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const tab = await browser.newPage();
    const started = performance.now();
    await tab.goto(pathToFileURL(page).href);
    await tab.locator('#icicle .frame').first().waitFor();
    await tab.locator('#gc-chart canvas').waitFor();
    seconds.push((performance.now() - started) / 1000);
    await tab.close();
  }
  await browser.close();
  const times = spread(seconds);
  return { what: 'opening it', figure: figure(times, 's', 2), bar: '< 2 s', ok: times.median < 4 };
}

function rounds(work) {
  const seconds = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    work();
    return (performance.now() - started) / 1000;
  });
  return spread(seconds);
}

/** A timeline of a leaking day: an entry a second, a floor every five minutes. */
function writeDay(directory) {
  const frame = (name, line) => ({ function: name, file: `/srv/app/${name}.js`, line, column: 1 });
  const stacks = Array.from({ length: STACKS }, (_, stack) => ({
    run: 'r1',
    stack,
    frames: Array.from({ length: 20 }, (_, depth) =>
      frame(`f${depth === 0 ? stack : depth}`, depth + 1),
    ),
  }));
  const entries = Array.from({ length: SECONDS }, (_, second) => {
    const isFloor = second % FLOOR_EVERY === FLOOR_EVERY - 1;
    const leaked = second / 500;
    return {
      kind: second === 0 ? 'start' : isFloor ? 'floor' : 'tick',
      run: 'r1',
      timestamp: 1_790_000_000_000 + 1000 * second,
      requests: 50 * second,
      finished: second === 0 ? {} : { 'GET /leak': 25, 'GET /fine': 25 },
      in_flight: 2,
      used_mb: 40 + leaked + (isFloor ? 0 : (second % 30) / 2),
      code_mb: 2,
      heap_total_mb: 90 + leaked,
      external_mb: 5,
      malloced_mb: 0.5,
      rss_mb: 150 + leaked,
      limit_mb: 2096,
      gc: [second, Math.floor(second / FLOOR_EVERY)],
      gc_pause_ms: 2 * second,
      gc_freed_mb: 20 * second,
      ...(isFloor && {
        probed: true,
        sites: stacks.map(({ stack }) => [stack, Math.round(leaked * 10_000) + 200_000, 9, 900]),
      }),
      ...(second === 0 && {
        process: {
          pid: 1,
          thread: 0,
          node: 'v20.20.2',
          sample_interval_bytes: 131_072,
          backend: 'native',
        },
      }),
    };
  });
  const write = (name, rows) =>
    writeFileSync(
      join(directory, name),
      `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`,
    );
  write('_timeline.json', entries);
  write('_stacks.json', stacks);
}
