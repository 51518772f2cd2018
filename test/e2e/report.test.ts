// The page in a real browser. Needs Chromium, and is skipped, with the reason in the name, where there is none.
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../lib/core/timeline.js';
import { temporaryDirectory, writeRuns } from '../support/profile-directory.js';
import { simulate } from '../support/synthetic-run.js';
import { launchBrowser, noBrowser } from './browser.js';
import { heaptide } from './command-line.js';

const HOSTILE = '<script>document.title="owned"</script><img src=x onerror=alert(1)>';

let root = '';
let browser: Browser | undefined;
const leaky = () => join(root, 'leaky.html');
const hostile = () => join(root, 'hostile.html');
const healthy = () => join(root, 'healthy.html');

beforeAll(async () => {
  root = await temporaryDirectory();
  const endpoints = [{ name: 'GET /leak', heapBytes: 2000 }, { name: 'GET /fine' }];
  await writeRuns(join(root, 'leaky'), [
    simulate({ run: 'r0', endpoints, floors: 40, started: 1_789_999_000_000 }),
    simulate({ endpoints, floors: 300 }),
  ]);
  await writeRuns(join(root, 'hostile'), [
    simulate({
      endpoints: [{ name: HOSTILE, heapBytes: 2000 }, { name: '</script>' }],
      floors: 300,
    }),
  ]);
  await writeRuns(join(root, 'healthy'), [simulate({ endpoints: [{ name: 'GET /fine' }] })]);
  for (const name of ['leaky', 'hostile', 'healthy']) {
    await heaptide('report', join(root, name), '-o', join(root, `${name}.html`));
  }
  if (noBrowser === undefined) browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await rm(root, { recursive: true });
});

describe('heaptide report', () => {
  test('writes one file, and says the verdict and where it is', async () => {
    const output = join(root, 'named.html');

    const { code, stdout } = await heaptide('report', join(root, 'leaky'), '-o', output);

    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^GET \/leak leaks .*\nThe report is in .*named\.html\n$/);
    expect((await stat(output)).size).toBeGreaterThan(100_000);
  });

  test('stays below 5 MB for a capture of a day with a thousand functions', async () => {
    const directory = join(root, 'large');
    const endpoints = Array.from({ length: 1000 }, (_, index) => ({
      name: `GET /${'long-name-'.repeat(10)}${index}`,
      heapBytes: 300,
    }));
    const run = simulate({ endpoints, floors: 30, profilesPerFloor: 0 });
    const ticks = run.timeline.slice(0, 1).flatMap(({ process: _, ...start }) =>
      Array.from(
        { length: 86_400 },
        (__, second): TimelineEntry => ({
          ...start,
          kind: 'tick',
          timestamp: start.timestamp + 1000 * second,
        }),
      ),
    );
    await writeRuns(directory, [{ ...run, timeline: [...run.timeline, ...ticks] }]);
    const output = join(root, 'large.html');

    await heaptide('report', directory, '-o', output);

    const { size } = await stat(output);
    const page = await readFile(output, 'utf8');
    expect(size).toBeLessThan(5 * 1024 * 1024);
    expect(page.match(/[\d,]+ of [\d,]+ readings are left out/)?.length).toBe(1);
    expect(page.match(/[\d,]+ more endpoints are left out/)?.length).toBe(1);
  });

  test('tells an output that cannot be written from an input that cannot be read', async () => {
    const nowhere = join(root, 'no', 'such', 'folder.html');

    const { code, stderr } = await heaptide('report', join(root, 'leaky'), '-o', nowhere);

    expect(code).toBe(2);
    expect(stderr).toBe(`error: Cannot write ${nowhere}: no such file or directory\n`);
  });
});

const inBrowser = noBrowser === undefined ? describe : describe.skip;

inBrowser(
  `the page in Chromium${noBrowser === undefined ? '' : ` (skipped: ${noBrowser})`}`,
  () => {
    let page: Page;
    let complaints: string[] = [];
    let requests: string[] = [];

    beforeEach(async () => {
      if (browser === undefined) throw new Error('No browser');
      page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
      complaints = [];
      requests = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => complaints.push(dialog.message()));
      page.on('request', (request) => requests.push(request.url()));
    });

    afterEach(async () => {
      await page.close();
    });

    const open = (path: string) => page.goto(pathToFileURL(path).href);

    test('begins with the verdict in one sentence', async () => {
      await open(leaky());

      expect(await page.title()).toBe('leak: leaky - heaptide');
      expect(await page.locator('h1').textContent()).toMatch(
        /^GET \/leak leaks 1\.9\d KB\/request \(.*\), retained by keepGET_leak/,
      );
      expect(await page.locator('#verdict').textContent()).toMatch(/Heap limit\s*reached in/);
    });

    test('draws both charts, loads nothing and complains of nothing', async () => {
      await open(leaky());
      await page.locator('#gc-chart canvas').waitFor();

      for (const id of ['memory-chart', 'gc-chart']) {
        const colors = await page.evaluate(colorsOf, `#${id} canvas`);
        expect(colors).toBeGreaterThan(3);
      }
      expect(complaints).toEqual([]);
      expect(requests).toEqual([pathToFileURL(leaky()).href]);
    });

    test('says what memory was where the pointer is', async () => {
      await open(leaky());

      await page.hover('#memory-chart .u-over', { position: { x: 500, y: 100 } });

      const legend = page.locator('#memory-chart .u-legend');
      await expect.poll(() => legend.textContent()).toMatch(/Used heap[\d.]+ MB/);
      expect(await legend.textContent()).toMatch(/Time \(UTC\)20\d\d-/);
    });

    test('zooms into what is dragged over, and back', async () => {
      await open(leaky());
      const plot = await page.locator('#memory-chart .u-over').boundingBox();
      const { x = 0, y = 0 } = plot ?? {};
      const reset = page.locator('#reset-zoom');
      expect(await reset.isVisible()).toBe(false);

      await page.mouse.move(x + 300, y + 50);
      await page.mouse.down();
      await page.mouse.move(x + 600, y + 50);
      await page.mouse.up();

      await expect.poll(() => reset.isVisible()).toBe(true);
      await reset.click();
      await expect.poll(() => reset.isVisible()).toBe(false);
    });

    test('moves and zooms with the keyboard', async () => {
      await open(leaky());
      await page.focus('#memory-chart');

      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('+');

      await expect.poll(() => page.locator('#reset-zoom').isVisible()).toBe(true);
      expect(await page.locator('#memory-chart .u-legend').textContent()).toMatch(/Used heap\d/);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('#reset-zoom').isVisible()).toBe(false);
    });

    test('draws memory over requests, runs one after another', async () => {
      await open(leaky());

      await page.check('#axis input[value=requests]');

      const legend = page.locator('#memory-chart .u-legend');
      expect(await legend.textContent()).toMatch(/^Requests/);
      expect(await page.evaluate(colorsOf, '#memory-chart canvas')).toBeGreaterThan(3);
    });

    test('hides and shows a line by its name', async () => {
      await open(leaky());
      const used = page.locator('#memory-chart .u-series', { hasText: 'Used heap' });

      await used.locator('th').press('Enter');
      await expect.poll(() => used.getAttribute('class')).toContain('u-off');

      await used.locator('th').click();
      await expect.poll(() => used.getAttribute('class')).not.toContain('u-off');
    });

    test('sorts endpoints by the column that is clicked', async () => {
      await open(leaky());
      const names = () => page.locator('#endpoints tbody th').allTextContents();
      const head = page.getByRole('button', { name: 'Endpoint' });

      await head.click();
      expect(await names()).toEqual(['GET /leak', 'GET /fine']);

      await head.click();
      expect(await names()).toEqual(['GET /fine', 'GET /leak']);
      expect(await page.locator('#endpoints th[aria-sort]').getAttribute('aria-sort')).toBe(
        'ascending',
      );
    });

    test('finds functions in the icicle and says how much they hold', async () => {
      await open(leaky());

      await page.fill('#stack-search', 'KEEPGET_LEAK');

      await expect
        .poll(() => page.locator('#icicle-detail').textContent())
        .toMatch(/^1 frames? found, [\d.]+ MB, [\d.]+ %/);
      expect(await page.locator('#icicle rect[fill="var(--found)"]').count()).toBe(1);
    });

    test('walks through the icicle with the arrow keys, and zooms with Enter', async () => {
      await open(leaky());
      await page.focus('#icicle');

      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');

      expect(await page.locator('#icicle-detail').textContent()).toMatch(
        /^handleGET_leak \(GET \/leak\) at /,
      );
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('#icicle .frame.fade').count()).toBeGreaterThan(0);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator('#icicle .frame.fade').count()).toBe(0);
    });

    test('follows the theme of the system, charts included', async () => {
      await page.emulateMedia({ colorScheme: 'light' });
      await open(leaky());
      const light = await page.evaluate(backgroundAndAxis);

      await page.emulateMedia({ colorScheme: 'dark' });

      const drawn = async () => (await page.evaluate(backgroundAndAxis))[1];
      await expect.poll(drawn).not.toBe(light[1]);
      expect((await page.evaluate(backgroundAndAxis))[0]).not.toBe(light[0]);
    });

    test('fits a narrow window', async () => {
      await page.setViewportSize({ width: 380, height: 800 });
      await open(leaky());

      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );

      expect(overflow).toBe(0);
    });

    test('prints what is folded on the screen', async () => {
      await open(leaky());

      await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));

      expect(await page.locator('details:not([open])').count()).toBe(0);
      expect((await page.pdf()).length).toBeGreaterThan(10_000);
    });

    test('shows a name that is markup as text', async () => {
      await open(hostile());

      expect(await page.title()).toBe('leak: hostile - heaptide');
      expect(await page.locator('h1').textContent()).toContain(HOSTILE.slice(0, 20));
      expect(await page.locator('#endpoints tbody th').allTextContents()).toContain('</script>');
      expect(await page.locator('img').count()).toBe(0);
      expect(complaints).toEqual([]);
    });

    test('says that a healthy service is', async () => {
      await open(healthy());

      expect(await page.locator('h1').textContent()).toMatch(/^No leak: memory is stable/);
      expect(await page.locator('#memory-chart .u-legend').textContent()).not.toContain('Trend');
      expect(complaints).toEqual([]);
    });
  },
);

/** Number of different colors in a canvas: 1 when nothing is drawn. */
function colorsOf(selector: string): number {
  const canvas = document.querySelector(selector);
  if (!(canvas instanceof HTMLCanvasElement)) return 0;
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
  const pixels = new Uint32Array(data?.buffer ?? new ArrayBuffer(0));
  return new Set(pixels).size;
}

/** The page's background, and a digest of the memory chart. */
function backgroundAndAxis(): readonly [string, string] {
  const canvas = document.querySelector('#memory-chart canvas');
  const drawn = canvas instanceof HTMLCanvasElement ? canvas.toDataURL() : '';
  return [getComputedStyle(document.body).backgroundColor, drawn];
}
