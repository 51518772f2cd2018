import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FileMemory } from '../../lib/core/file-memory.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';
import { collectGarbage, nativeBinding } from './binding.js';

function fileMemory(): FileMemory {
  const { fileMemory: memory } = nativeBinding();
  if (memory === undefined) throw new Error('the addon has no file memory');
  return memory;
}

function opened(path: string): number {
  const fd = openSync(path, 'a+');
  onTestFinished(() => {
    try {
      closeSync(fd);
    } catch {
      // The test closed it.
    }
  });
  return fd;
}

describe('the lock of a file', () => {
  test('is held by one opening at a time, and free when that is closed', () => {
    const path = join(temporaryDirectory(), 'file');
    const { lockFile } = fileMemory();
    const [first, second] = [opened(path), opened(path)];

    const taken = [lockFile(first), lockFile(second)];
    closeSync(first);

    expect(taken).toEqual([true, false]);
    expect(lockFile(second)).toBe(true);
  });

  test('is not taken on a descriptor that is closed', () => {
    expect(fileMemory().lockFile(1_000_000)).toBe(false);
  });
});

describe('a mapped file', () => {
  test('has what was stored in the memory, without a write', () => {
    const path = join(temporaryDirectory(), 'file');

    const memory = fileMemory().mapFile(opened(path), 8192);

    expect(memory).toBeInstanceOf(ArrayBuffer);
    if (memory instanceof ArrayBuffer) new Uint8Array(memory).set([1, 2, 3], 4096);
    expect([...readFileSync(path).subarray(4096, 4099)]).toEqual([1, 2, 3]);
    expect(statSync(path).size).toBe(8192);
  });

  test('has its blocks on the disk, so that storing never runs out of space', () => {
    const path = join(temporaryDirectory(), 'file');

    fileMemory().mapFile(opened(path), 1024 * 1024);

    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(1024 * 1024);
  });

  test('is let go of with its ArrayBuffer', () => {
    const path = join(temporaryDirectory(), 'file');
    const mappings = () => readFileSync('/proc/self/maps', 'utf8').split(path).length - 1;
    const mapAndForget = () => {
      fileMemory().mapFile(opened(path), 8192);
      return mappings();
    };

    const before = mapAndForget();

    expect(before).toBe(1);
    return expect
      .poll(() => {
        collectGarbage();
        return mappings();
      })
      .toBe(0);
  });

  test('is an error of the system when there is no such descriptor', () => {
    expect(fileMemory().mapFile(1_000_000, 8192)).toBe(9);
  });

  test.each([
    [-1, 8192, 'ERR_OUT_OF_RANGE'],
    [Number.NaN, 8192, 'ERR_OUT_OF_RANGE'],
    [0, 0, 'ERR_OUT_OF_RANGE'],
    [0, 2 ** 53, 'ERR_OUT_OF_RANGE'],
    [0, 1.5, 'ERR_OUT_OF_RANGE'],
    ['0', 8192, 'ERR_INVALID_ARG_TYPE'],
    [null, 8192, 'ERR_INVALID_ARG_TYPE'],
  ])('is refused for descriptor %s and size %s', (fd, size, code) => {
    expect(() => Reflect.apply(fileMemory().mapFile, undefined, [fd, size])).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
