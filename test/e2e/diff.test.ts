import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory, writeRuns } from '../support/profile-directory.js';
import { simulate } from '../support/synthetic-run.js';
import { heaptide } from './command-line.js';

let root = '';
const older = () => join(root, 'before');
const newer = () => join(root, 'after');

beforeAll(async () => {
  root = await temporaryDirectory();
  await writeRuns(older(), [simulate({ floors: 300, endpoints: [{ name: 'GET /a' }] })]);
  await writeRuns(newer(), [
    simulate({ floors: 300, endpoints: [{ name: 'GET /a', heapBytes: 2000 }] }),
  ]);
});

afterAll(() => rm(root, { recursive: true }));

describe('heaptide diff', () => {
  test('concludes in the first line', async () => {
    const { code, stdout } = await heaptide('diff', older(), newer());

    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^Worse: GET \/a leaks /);
  });

  test('prints JSON', async () => {
    const { stdout } = await heaptide('diff', older(), newer(), '--json');

    expect(JSON.parse(stdout.toString())).toMatchObject({
      schema: 'heaptide.diff/1',
      change: 'worse',
    });
  });

  test('fails a pipeline for a worse service only, and when asked to', async () => {
    const worse = await heaptide('diff', older(), newer(), '--fail-on-worse');
    const better = await heaptide('diff', newer(), older(), '--fail-on-worse');

    expect([worse.code, better.code]).toEqual([1, 0]);
  });

  test('needs two directories that can be read', async () => {
    const one = await heaptide('diff', older());
    const missing = await heaptide('diff', older(), join(root, 'nowhere'));

    expect([one.code, missing.code]).toEqual([2, 2]);
    expect(missing.stderr).toMatch(/^error: Cannot read .*nowhere: no such file or directory\n$/);
  });
});
