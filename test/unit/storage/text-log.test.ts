import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextLog } from '../../../lib/storage/text-log.js';
import { markIn, readTextLog } from '../../../lib/storage/text-log-reading.js';

const KINDS = ['name', 'extras', 'timeline', 'stack'] as const;

describe('TextLog', () => {
  test('holds the last entries that fit, in order, whatever was appended', () => {
    const entry = fc.record({
      kind: fc.constantFrom(...KINDS),
      number: fc.nat(),
      text: fc.string({ unit: 'binary', maxLength: 80 }),
    });
    fc.assert(
      fc.property(fc.array(entry), fc.integer({ min: 64, max: 1024 }), (entries, bytes) => {
        const memory = new Uint8Array(bytes);
        const log = new TextLog(memory);
        const kept = entries.filter(({ kind, number, text }) => log.append(kind, number, text));

        const read = [...readTextLog(memory)];

        // A lone surrogate has no bytes in UTF-8 and comes back as U+FFFD.
        const asStored = kept.map((e) => ({ ...e, text: Buffer.from(e.text).toString() }));
        expect(read).toEqual(asStored.slice(asStored.length - read.length));
        const last = asStored.at(-1);
        if (last !== undefined) expect(read.at(-1)).toEqual(last);
      }),
    );
  });

  test('is read to its last whole entry in any state that a crash leaves', () => {
    const memory = new Uint8Array(256);
    const log = new TextLog(memory);
    log.append('timeline', 1, 'one');
    const before = memory.slice();
    log.append('timeline', 2, 'two');
    // The head, in the first eight bytes, is written last.
    const torn = Uint8Array.from([...before.subarray(0, 8), ...memory.subarray(8)]);

    expect([...readTextLog(torn)]).toEqual([{ kind: 'timeline', number: 1, text: 'one' }]);
  });

  test('is read without an error whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 512 }), (bytes) => {
        expect([...readTextLog(bytes)].length).toBeLessThanOrEqual(bytes.length / 16);
      }),
    );
  });

  test('refuses what does not fit, and where asked to, what would push out others', () => {
    const log = new TextLog(new Uint8Array(64 + 64));

    expect(log.append('stack', 1, 'x'.repeat(49))).toBe(false);
    expect(log.appendIfRoom('name', 1, 'x'.repeat(16))).toBe(true);
    expect(log.appendIfRoom('name', 2, 'x'.repeat(17))).toBe(false);
    expect(log.append('stack', 1, 'x'.repeat(48))).toBe(true);
  });

  test('keeps a mark for each kind', () => {
    const memory = new Uint8Array(256);
    const log = new TextLog(memory);

    log.mark('timeline', 7);
    log.mark('stack', 9);

    expect([markIn(memory, 'timeline'), markIn(memory, 'stack')]).toEqual([7, 9]);
  });
});
