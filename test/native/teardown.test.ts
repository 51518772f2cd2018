import { expect, test } from 'vitest';
import type { SamplerOwner } from '../../lib/binding/contract.js';
import { readFixture, runFixture } from './run-fixture.js';

interface WorkersReport {
  readonly ended: readonly { readonly ending: string; readonly code: number }[];
  readonly owner: SamplerOwner;
  readonly sites: boolean;
}

test('workers sample at once, end in every way, and disturb neither each other nor the main thread', async () => {
  const report = await readFixture<WorkersReport>('workers.mjs');

  const codes = new Map(report.ended.map(({ ending, code }) => [ending, code]));
  expect(report.ended).toHaveLength(18);
  expect(codes.get('natural')).toBe(0);
  expect(codes.get('stopped')).toBe(0);
  expect(codes.get('exit')).toBe(7);
  expect(codes.get('throw')).toBe(1);
  expect(codes.get('terminate')).toBe(1);
  expect(report.owner).toBe('heaptide');
  expect(report.sites).toBe(true);
});

test.each([
  { ending: 'natural', code: 0, signal: null },
  { ending: 'exit', code: 0, signal: null },
  { ending: 'throw', code: 1, signal: null },
  { ending: 'SIGTERM', code: null, signal: 'SIGTERM' },
])('a process that is sampled ends as any other: $ending', async ({ ending, code, signal }) => {
  const end = await runFixture('ending.mjs', { args: [ending] });

  expect({ code: end.code, signal: end.signal }).toEqual({ code, signal });
});
