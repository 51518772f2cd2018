import { expect, test } from 'vitest';
import { HeapTideError, isHeapTideError } from '../../../lib/core/errors.js';

test('carries a code, a message that tells the detail, and the cause', () => {
  const cause = new Error('ENOENT');

  const error = new HeapTideError('ERR_HEAPTIDE_OUTPUT_DIR', 'no such directory', { cause });

  expect(error).toMatchObject({ name: 'HeapTideError', code: 'ERR_HEAPTIDE_OUTPUT_DIR', cause });
  expect(error.message).toContain('no such directory');
});

test('recognizes the error of a second installed copy', () => {
  class Foreign extends Error {}
  Object.defineProperty(Foreign.prototype, Symbol.for('heaptide.error'), { value: true });

  expect(isHeapTideError(new Foreign('x'))).toBe(true);
  expect(isHeapTideError(new Error('x'))).toBe(false);
  expect(isHeapTideError({ code: 'ERR_HEAPTIDE_OUTPUT_DIR' })).toBe(false);
});
