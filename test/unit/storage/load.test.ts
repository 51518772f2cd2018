import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isHeapTideError } from '../../../lib/core/errors.js';
import { ElementScanner } from '../../../lib/storage/element-scanner.js';
import { parseElements } from '../../../lib/storage/elements.js';
import {
  listProfileFiles,
  loadProfileData,
  readProfiles,
  readStacks,
  readTimeline,
} from '../../../lib/storage/load.js';
import { encodeProfile } from '../../../lib/storage/profile-encoding.js';
import {
  encodeEndpoint,
  encodeStack,
  encodeTimelineEntry,
} from '../../../lib/storage/timeline-encoding.js';
import { SAMPLE_DETAIL, sampleEntry, sampleProfile } from './samples.js';
import { temporaryDirectory } from './temporary-directory.js';

const PROFILES = [
  sampleProfile({ requestId: 'k3f9-1', errorMessage: 'brace } and "quote" and \\' }),
  { ...sampleProfile({ requestId: 'k3f9-2' }), ...SAMPLE_DETAIL },
  sampleProfile({ requestId: 'k3f9-3', run: 'größe' }),
];
const LINES = PROFILES.map(encodeProfile);
const OURS = `[\n${LINES.join(',\n')}\n]\n`;

// Windows has none in its directories.
const PIPES = process.platform === 'win32' ? [] : ['a pipe'];

/** Puts something in the place of a file. */
function makeOdd(kind: string, path: string): void {
  if (kind === 'a directory') mkdirSync(path);
  else if (kind === 'a pipe') spawnSync('mkfifo', [path]);
  else symlinkSync(path, path);
}

function fileOf(text: string | Uint8Array): string {
  const path = join(temporaryDirectory(), 'a.json');
  writeFileSync(path, text);
  return path;
}

describe('loadProfileData', () => {
  test.each([
    ['the layout that heaptide writes', OURS],
    ['an array on one line', `[${LINES.join(',')}]`],
    ['a pretty-printed array', JSON.stringify(JSON.parse(OURS), undefined, 2)],
    ['one object per line', LINES.join('\n')],
    ['one object per line, with a last line break', `${LINES.join('\n')}\n`],
    ['a byte order mark', `\ufeff${OURS}`],
    ['Windows line breaks', OURS.replaceAll('\n', '\r\n')],
    ['a missing end', OURS.slice(0, -3)],
    ['a torn end', `${OURS.slice(0, -3)},\n${LINES[0]?.slice(0, 80)}`],
    ['damage between records', OURS.replace(',\n', ',\nooops {\n')],
    ['a torn record before a whole one', `[\n${LINES[0]?.slice(0, 30)}\n${LINES.join(',\n')}\n]\n`],
  ])('reads %s', async (_layout, text) => {
    const path = fileOf(text);

    expect(await loadProfileData(path)).toEqual(PROFILES);
  });

  test('finds nothing in an empty file and in an empty array', async () => {
    expect(await loadProfileData(fileOf(''))).toEqual([]);
    expect(await loadProfileData(fileOf('[\n]\n'))).toEqual([]);
  });

  test.each([
    ['text', 'hello world'],
    ['an array of numbers', '[1, 2, 3]'],
    ['other objects', '[{"name": "heaptide"}]'],
    ['bytes', new Uint8Array([0xff, 0x00, 0x7b, 0x80, 0x7d])],
  ])('refuses %s and names the file', async (_what, text) => {
    const path = fileOf(text);

    await expect(loadProfileData(path)).rejects.toMatchObject({
      code: 'ERR_HEAPTIDE_INVALID_PROFILE_FILE',
      message: expect.stringContaining(path),
    });
  });

  test('passes on that the file does not exist', async () => {
    await expect(loadProfileData('/nonexistent/a.json')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('follows a symbolic link', async () => {
    const link = join(temporaryDirectory(), 'link.json');
    symlinkSync(fileOf(OURS), link);

    expect(await loadProfileData(link)).toEqual(PROFILES);
  });

  test.each(['a directory', 'a link to itself', ...PIPES])(
    'refuses %s and names it',
    async (kind) => {
      const path = join(temporaryDirectory(), 'odd.json');
      makeOdd(kind, path);

      await expect(loadProfileData(path)).rejects.toMatchObject({
        code: 'ERR_HEAPTIDE_INVALID_PROFILE_FILE',
        message: expect.stringContaining(`${path}: it is not a regular file`),
      });
    },
  );

  test('reads records that are longer than a chunk', async () => {
    const long = sampleProfile({ errorMessage: '{"'.repeat(300_000) });
    const path = fileOf(`[\n${encodeProfile(long)},\n${OURS.slice(2)}`);

    expect(await loadProfileData(path)).toEqual([long, ...PROFILES]);
  });
});

describe('readProfiles', () => {
  test('counts the records that it leaves out', async () => {
    const negative = encodeProfile(sampleProfile({ memoryMb: -1 }));
    const notANumber = LINES[0]?.replace(/"latency_ms":[^,]+/, '"latency_ms":NaN');
    const path = fileOf(`[\n${[...LINES, negative, notANumber].join(',\n')}\n]\n`);

    const count = await readProfiles(path, () => undefined);

    expect(count).toEqual(expect.objectContaining({ read: 3, skipped: 2 }));
  });

  test('reports a file whose every record is bad, instead of refusing it', async () => {
    const path = fileOf(`[\n${encodeProfile(sampleProfile({ memoryMb: -1 }))}\n]\n`);

    const count = await readProfiles(path, () => undefined);

    expect(count).toEqual(expect.objectContaining({ read: 0, skipped: 1 }));
  });

  test('reads the records before any bytes, and fails in one way only', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, isAfter) => {
        const path = fileOf(isAfter ? `${OURS.slice(0, -3)},\n` : '');
        appendFileSync(path, bytes);

        const found = await loadProfileData(path).catch((error: unknown) => error);

        if (Array.isArray(found)) expect(found).toEqual(isAfter ? PROFILES : []);
        else expect(isHeapTideError(found)).toBe(true);
      }),
    );
  });

  test('finds the same records wherever the chunks are cut', () => {
    const text = OURS.replace(',\n', ',\n{"torn": [{\n');
    const whole: unknown[] = [];
    const count = parseElements(text, (value) => whole.push(value) > 0);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sizes) => {
        const pieces: unknown[] = [];
        const scanned = scanInPieces(text, sizes, pieces);

        expect(pieces).toEqual(whole);
        expect(scanned).toBe(count.skipped);
      }),
    );
  });
});

describe('listProfileFiles', () => {
  test('gives the endpoints their own names and handlers, and passes over other files', async () => {
    const directory = temporaryDirectory();
    const handler = { function: 'orders', file: '/app/orders.js', line: 3, column: 1 };
    const moved = { ...handler, line: 9 };
    const entries = [handler, moved].map((frame) =>
      encodeEndpoint({ endpoint: 'GET /orders/:id', file: 'GET_orders_id.json', handler: frame }),
    );
    writeFileSync(join(directory, '_endpoints.json'), `[\n${entries.join(',\n')}\n]\n`);
    for (const name of [
      'GET_orders_id.json',
      'chat.json',
      '_timeline.json',
      '.x.json',
      'chat.json.corrupt-1',
    ]) {
      writeFileSync(join(directory, name), '[\n]\n', { flag: 'a' });
    }
    mkdirSync(join(directory, '.journal'));

    const files = await listProfileFiles(directory);

    expect(files).toEqual([
      { path: join(directory, 'GET_orders_id.json'), endpoint: 'GET /orders/:id', handler: moved },
      { path: join(directory, 'chat.json'), endpoint: 'chat' },
    ]);
  });

  test('passes on that the directory does not exist', async () => {
    await expect(listProfileFiles('/nonexistent')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('readTimeline and readStacks', () => {
  test('read what is usable and count the rest', async () => {
    const directory = temporaryDirectory();
    const entry = sampleEntry();
    const stack = { run: 'k3f9', stack: 7, frames: [] };
    const lines = [encodeTimelineEntry(entry), '{"kind":"tick"}'];
    writeFileSync(join(directory, '_timeline.json'), `[\n${lines.join(',\n')}\n]\n`);
    writeFileSync(join(directory, '_stacks.json'), `[\n${encodeStack(stack)}\n]\n`);

    expect(await readTimeline(directory)).toEqual({ entries: [entry], skipped: 1, problems: [] });
    expect(await readStacks(directory)).toEqual({ entries: [stack], skipped: 0, problems: [] });
  });

  test('find nothing in a directory without timeline', async () => {
    const directory = temporaryDirectory();

    const nothing = { entries: [], skipped: 0, problems: [] };
    expect(await readTimeline(directory)).toEqual(nothing);
    expect(await readStacks(directory)).toEqual(nothing);
  });

  test.each(['a directory', 'a link to itself', ...PIPES])(
    'leave out %s, and say so',
    async (kind) => {
      const directory = temporaryDirectory();
      const entry = sampleEntry();
      const odd = join(directory, '_timeline.json');
      makeOdd(kind, odd);
      writeFileSync(join(directory, '_timeline~2.json'), `[\n${encodeTimelineEntry(entry)}\n]\n`);

      expect(await readTimeline(directory)).toEqual({
        entries: [entry],
        skipped: 0,
        problems: [expect.stringContaining(`${odd}: it is not a regular file`)],
      });
    },
  );
});

function scanInPieces(text: string, sizes: readonly number[], found: unknown[]): number {
  let damage = 0;
  const scanner = new ElementScanner({
    onElement: (element) => found.push(element),
    onDamage: () => {
      damage += 1;
    },
  });
  let from = 0;
  for (let turn = 0; from < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    scanner.push(text.slice(from, from + size));
    from += size;
  }
  scanner.finish();
  return damage;
}
