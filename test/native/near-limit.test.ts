import { afterEach, describe, expect, test } from 'vitest';
import type { NearHeapLimitWatch } from '../../lib/binding/contract.js';
import { nativeBinding } from './binding.js';
import { readFixture } from './run-fixture.js';

function watcher(): NearHeapLimitWatch {
  const { nearHeapLimit } = nativeBinding();
  if (nearHeapLimit === undefined) throw new Error('The addon has no watch');
  return nearHeapLimit;
}

const { watchNearHeapLimit, unwatchNearHeapLimit } = watcher();

afterEach(() => unwatchNearHeapLimit());

describe('the watch of an isolate', () => {
  test('is one at a time, and begins anew after it ended', () => {
    const begun = [
      watchNearHeapLimit('main', '/nowhere/a', '"run":"a"'),
      watchNearHeapLimit('main', '/nowhere/b', '"run":"b"'),
    ];
    unwatchNearHeapLimit();
    unwatchNearHeapLimit();
    begun.push(watchNearHeapLimit('main', '/nowhere/c', '"run":"c"'));

    expect(begun).toEqual([true, false, true]);
  });

  test.each([undefined, null, 7, '', {}])('takes no path like %s', (path) => {
    const watch: (...args: unknown[]) => unknown = Object(watchNearHeapLimit);

    expect(() => watch('main', path, '"run":"a"')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    expect(watchNearHeapLimit('main', '/nowhere/a', '"run":"a"')).toBe(true);
  });

  test('is not shared by two instances of the addon in one environment', async () => {
    const begun = await readFixture<readonly boolean[]>('two-watches.cjs');

    expect(begun).toEqual([true, false, true]);
  });
});
