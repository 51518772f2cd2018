import { expect, test } from 'vitest';
import { formatTime, formatUtc } from '../../../lib/core/time-in-words.js';

test.each([
  [0, '1970-01-01 00:00:00'],
  [1_790_000_000_999, '2026-09-21 14:13:20'],
])('the time %d is %s, in UTC', (ms, text) => {
  expect(formatTime(ms)).toBe(text);
  expect(formatUtc(ms)).toBe(`${text} UTC`);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300])(
  'the time %d, which no date can hold, is not known',
  (ms) => {
    expect(formatTime(ms)).toBe('an unknown time');
    expect(formatUtc(ms)).toBe('an unknown time');
  },
);
