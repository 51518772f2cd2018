import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeStacks } from '../../../../lib/analysis/sites/merge-stacks.js';
import type { SiteHistory } from '../../../../lib/analysis/sites/stack-series.js';
import { history, requests, stack } from './sampled-stacks.js';

const total = (sites: SiteHistory) =>
  requests.map((_, floor) =>
    sites.stacks.reduce((sum, { samples }) => sum + (samples[floor] ?? 0), 0),
  );

describe('mergeStacks', () => {
  test('joins the stack that lost a frame to inlining with the one that it takes over from', () => {
    const before = stack(['keep', 'handler', 'server'], (floor) => Math.min(floor, 20));
    const after = stack(['keep', 'server'], (floor) => Math.max(0, floor - 20));
    const other = stack(['parse', 'server'], () => 5);

    const merged = mergeStacks(history(after, other, before));

    expect(merged.stacks).toHaveLength(2);
    expect(merged.stacks[0]?.frames.map((one) => one.function)).toEqual([
      'keep',
      'handler',
      'server',
    ]);
    expect(merged.stacks[0]?.samples).toEqual(requests.map((_, floor) => floor));
  });

  test('gives a short stack to the candidate that grew before it appeared', () => {
    const idle = stack(['keep', 'idle', 'server'], (floor) => (floor < 25 ? 3 : floor));
    const busy = stack(['keep', 'busy', 'server'], (floor) => Math.min(floor, 20));
    const short = stack(['keep', 'server'], (floor) => Math.max(0, floor - 20));

    const merged = mergeStacks(history(idle, busy, short));

    const grown = merged.stacks.find(({ frames }) => frames[1]?.function === 'busy');
    expect(grown?.samples.at(-1)).toBe(40);
  });

  test('prefers the candidate with the fewest frames missing where none grew before', () => {
    const far = stack(['write', 'flush', 'end', 'handle'], () => 1);
    const near = stack(['keep', 'handle'], () => 1);
    const inlined = stack(['handle'], (floor) => floor);

    const merged = mergeStacks(history(far, near, inlined));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'keep');
    expect(grown?.samples.at(-1)).toBe(41);
  });

  test('takes a function to be inlined into its caller rather than code of Node', () => {
    const node = stack(['flush node:net', 'handle', 'server'], () => 1);
    const own = stack(['keep', 'handle', 'server', 'run node:timers'], () => 1);
    const inlined = stack(['handle', 'server'], (floor) => floor);

    const merged = mergeStacks(history(node, own, inlined));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'keep');
    expect(grown?.samples.at(-1)).toBe(41);
  });

  test('puts an inlined function back whoever called its caller', () => {
    const seen = stack(['push node:array', 'keep', 'handle', 'tick'], (floor) =>
      Math.min(floor, 2),
    );
    const inlined = stack(['handle', 'tick', 'timers'], (floor) => Math.max(0, floor - 3));

    const merged = mergeStacks(history(seen, inlined));

    expect(merged.stacks.map(({ frames }) => frames.map((one) => one.function))).toContainEqual([
      'keep',
      'handle',
      'tick',
      'timers',
    ]);
  });

  test.each([
    ['the one that the caller calls', 2, 'keep'],
    ['the inner one where all samples are its own', 0, 'build'],
  ])('of two inlined functions, puts back %s', (_, own, expected) => {
    const inner = stack(['build', 'keep', 'handle'], () => 3);
    const outer = stack(['keep', 'handle'], () => own);
    const inlined = stack(['handle'], (floor) => floor);

    const merged = mergeStacks(history(inner, outer, inlined));

    const most = merged.stacks.toSorted(
      (a, b) => (b.samples.at(-1) ?? 0) - (a.samples.at(-1) ?? 0),
    );
    expect(most[0]?.frames[0]?.function).toBe(expected);
  });

  test('puts an inlined function back that its caller no longer inlines in the end', () => {
    const callee = stack(['keep', 'handle'], (floor) => (floor < 30 ? 4 : floor - 26));
    const caller = stack(['handle'], (floor) => Math.min(floor, 30));

    const merged = mergeStacks(history(callee, caller));

    expect(merged.stacks.map(({ frames }) => frames[0]?.function)).toEqual(['keep']);
  });

  test('leaves growth to a function whose callee made objects of another size', () => {
    const callee = stack(['open', 'handle'], (floor) => Math.min(floor, 1));
    const caller = stack(['handle'], (floor) => floor);
    const large = { ...callee, count: callee.count.map((value) => value / 10) };

    const merged = mergeStacks(history(large, caller));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'handle');
    expect(grown?.samples.at(-1)).toBe(40);
  });

  test('leaves growth to a function whose callee was far too slow for it', () => {
    const callee = stack(['open', 'handle'], (floor) => Math.min(floor, 1));
    const caller = stack(['handle'], (floor) => 12 * floor);

    const merged = mergeStacks(history(callee, caller));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'handle');
    expect(grown?.samples.at(-1)).toBe(480);
  });

  test('counts the samples of a recursion once', () => {
    const recursive = stack(['keep', 'next', 'keep', 'next', 'keep', 'next'], () => 2);
    const other = stack(['parse', 'next'], () => 3);
    const inlined = stack(['next'], (floor) => floor);

    const merged = mergeStacks(history(recursive, other, inlined));

    const most = merged.stacks.toSorted(
      (a, b) => (b.samples.at(-1) ?? 0) - (a.samples.at(-1) ?? 0),
    );
    expect(most[0]?.frames[0]?.function).toBe('parse');
  });

  test('puts an inlined function back into calls of the same module of Node', () => {
    const seen = stack(['fill node:buffer', 'keep', 'handle'], () => 1);
    const inlined = stack(['slice node:buffer', 'handle'], (floor) => floor / 4);
    const reply = stack(['end node:http', 'handle'], (floor) => floor / 4);

    const merged = mergeStacks(history(seen, inlined, reply));

    const paths = merged.stacks.map(({ frames }) => frames.map((one) => one.function).join(' < '));
    expect(paths.sort()).toEqual(['end < handle', 'fill < keep < handle', 'slice < keep < handle']);
  });

  test.each([
    ['keeps pace with it', (floor: number) => floor / 10],
    ['comes late', (floor: number) => Math.max(0, floor - 38)],
    ['holds only garbage', (floor: number) => (floor < 5 ? 2 : 0)],
  ])('leaves growth to a function whose callee %s', (_, samples) => {
    const callee = stack(['format', 'keep', 'handle'], samples);
    const caller = stack(['keep', 'handle'], (floor) => floor);

    const merged = mergeStacks(history(callee, caller));

    const grown = merged.stacks.find(({ frames }) => frames[0]?.function === 'keep');
    expect(grown?.samples.at(-1)).toBe(40);
  });

  test('leaves stacks with frames in another order apart', () => {
    const merged = mergeStacks(
      history(
        stack(['a', 'b', 'c'], () => 4),
        stack(['b', 'a'], () => 4),
      ),
    );

    expect(merged.stacks).toHaveLength(2);
  });

  test('neither loses nor invents samples', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 5 });
    const arbitrary = fc.array(fc.tuple(names, fc.nat(30)), { maxLength: 8 });
    fc.assert(
      fc.property(arbitrary, (specs) => {
        const original = history(
          ...specs.map(([path, height]) => stack(path, (floor) => (floor * height) / 40)),
        );

        const merged = mergeStacks(original);

        expect(total(merged)).toEqual(total(original));
      }),
    );
  });
});
