import { expect, test } from 'vitest';
import { largestStep } from '../../../../lib/analysis/trend/jump.js';

test.each([
  ['stays', [0, 10, 100, 110, 120], { size: 90, position: 2 }],
  ['stays in part', [0, 10, 100, 60, 70], { size: 90, position: 2 }],
  ['comes last', [0, 10, 20, 100], { size: 80, position: 3 }],
])('a rise that %s is a step', (_, values, expected) => {
  expect(largestStep(values)).toEqual(expected);
});

test.each([
  ['at once', [0, 10, 100, 12, 24]],
  ['in steps', [0, 12, 100, 60, 40, 20]],
])('a peak that falls %s is no step: what counts is the largest rise beside it', (_, values) => {
  expect(largestStep(values).size).toBe(12);
});

test('a series that never rises has a step of 0', () => {
  expect(largestStep([30, 20, 20, 10])).toEqual({ size: 0, position: 0 });
});
