// The examples of jobs that are not HTTP run as they stand, and record what they say.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { recordsIn, statusesOf } from '../integrations/recorded.js';

const run = promisify(execFile);
const JOBS = join(import.meta.dirname, '..', '..', 'docs', 'examples', 'jobs');

test.each([
  ['queue.mjs', { 'queue mail.send': [200], 'queue image.resize': [200, 500] }],
  ['cron.mjs', { 'cron dropExpiredSessions': [200, 200, 200] }],
  ['graphql.mjs', { 'Query.order': [200], 'Query.orders': [200] }],
  ['rpc.mjs', { 'rpc add': [200], 'rpc divide': [200, 422] }],
])('%s', async (example, statuses) => {
  const directory = mkdtempSync(join(tmpdir(), 'heaptide-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const env = { PATH: process.env.PATH, HEAPTIDE_PROFILE_OUTPUT_DIR: directory };

  const { stdout } = await run(process.execPath, [join(JOBS, example)], { env });

  expect(stdout).toMatch(/^[1-9] .* profiled$/m);
  expect(statusesOf(await recordsIn(directory))).toEqual(statuses);
});
