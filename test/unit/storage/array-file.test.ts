import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ArrayFile, type BatchSource } from '../../../lib/storage/array-file.js';
import type { ArrayLimits } from '../../../lib/storage/array-limits.js';
import { parseElements } from '../../../lib/storage/elements.js';
import { stacksOf, startsOfKeptRuns } from '../../../lib/storage/exceptions.js';
import { temporaryDirectory } from './temporary-directory.js';

const LIMIT = 1000;

function keeping(count: number, limits: Partial<ArrayLimits> = {}): ArrayLimits {
  return { count, bytes: Number.POSITIVE_INFINITY, ageMs: Number.POSITIVE_INFINITY, ...limits };
}

function lines(...elements: object[]): BatchSource {
  const batch = { elements: elements.map((e) => JSON.stringify(e)), onWritten: () => undefined };
  return () => batch;
}

function elements(...numbers: number[]): BatchSource {
  const batch = { elements: numbers.map((n) => JSON.stringify({ n })), onWritten: () => undefined };
  return () => batch;
}

function numbersIn(path: string): number[] {
  const parsed: { n: number }[] = JSON.parse(readFileSync(path, 'utf8'));
  return parsed.map(({ n }) => n);
}

function readable(text: string): number[] {
  const numbers: number[] = [];
  parseElements(text, (value) => {
    numbers.push(Object(value).n);
    return true;
  });
  return numbers;
}

function setAsideIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.includes('.corrupt-'));
}

describe('ArrayFile', () => {
  test('is a JSON array with one element per line after every append', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(LIMIT));

    await file.append(elements(1, 2));
    file.appendSync(elements(3));
    await file.append(elements(4));

    expect(readFileSync(path, 'utf8')).toBe('[\n{"n":1},\n{"n":2},\n{"n":3},\n{"n":4}\n]\n');
  });

  test('is readable by its owner only', async () => {
    const path = join(temporaryDirectory(), 'a.json');

    await new ArrayFile(path, keeping(LIMIT)).append(elements(1));

    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('continues the file of an earlier process', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    await new ArrayFile(path, keeping(LIMIT)).append(elements(1));

    await new ArrayFile(path, keeping(LIMIT)).append(elements(2));
    new ArrayFile(path, keeping(LIMIT)).appendSync(elements(3));

    expect(numbersIn(path)).toEqual([1, 2, 3]);
  });

  test('keeps the order of appends that overlap', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(LIMIT));
    const numbers = Array.from({ length: 50 }, (_, n) => n);

    await Promise.all(numbers.map((n) => file.append(elements(n))));

    expect(numbersIn(path)).toEqual(numbers);
  });

  test('says how many bytes a batch took, once it is written', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const written: number[] = [];
    const source = () => ({
      elements: ['{"n":1}'],
      onWritten: (bytes: number) => written.push(bytes),
    });

    await new ArrayFile(path, keeping(LIMIT)).append(source);

    expect(written).toEqual([statSync(path).size]);
  });

  test('neither loses nor doubles a write that is under way when the process exits', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(LIMIT));
    const waiting = [1, 2, 3];
    const source = () => {
      if (waiting.length === 0) return undefined;
      const taken = [...waiting];
      return {
        elements: taken.map((n) => JSON.stringify({ n })),
        onWritten: () => waiting.splice(0, taken.length),
      };
    };
    const writing = file.append(() => {
      // The sync path runs right after the write is handed to a thread.
      queueMicrotask(() => {
        waiting.push(4);
        file.appendSync(source);
      });
      return source();
    });

    await writing;

    expect(numbersIn(path)).toEqual([1, 2, 3, 4]);
  });

  test('keeps the last elements when it exceeds its limit by a quarter', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(8));

    await file.append(elements(1, 2, 3, 4, 5, 6, 7, 8, 9));
    const before = numbersIn(path).length;
    await file.append(elements(10));
    const after = numbersIn(path);
    await file.append(elements(11));

    expect(before).toBe(9);
    expect(after).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(numbersIn(path)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['a.json']);
  });

  test('gives up a compaction during which the process flushes synchronously', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(4));
    const draft = join(path, '..', '.a.json.draft');
    const compacting = file.append(elements(1, 2, 3, 4, 5));
    while (!existsSync(draft)) await new Promise(setImmediate);

    file.appendSync(elements(6));
    await compacting;

    expect(numbersIn(path)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(existsSync(draft)).toBe(false);
  });

  test.each([
    ['in the middle of a record', '[\n{"n":1},\n{"n":2},\n{"n', [1, 2], ',\n{"n'],
    ['at an inner brace', '[\n{"n":1},\n{"n":{"m":1}', [1], ',\n{"n":{"m":1}'],
    ['before the closing bracket', '[\n{"n":1},\n{"n":2}', [1, 2], ''],
    ['after a comma', '[\n{"n":1},\n', [1], ',\n'],
    ['by a page of zeros', '[\n{"n":1},\n\0\0\0\0', [1], ',\n\0\0\0\0'],
    ['by an editor', '[\n{"n":1},\noops\n{"n":2}\n]\n', [1], ',\noops\n{"n":2}\n]\n'],
  ])(
    'repairs a file that is damaged %s and keeps the rest aside',
    async (_how, text, kept, rest) => {
      for (const isSync of [false, true]) {
        const directory = temporaryDirectory();
        const path = join(directory, 'a.json');
        writeFileSync(path, text);
        const file = new ArrayFile(path, keeping(LIMIT));

        if (isSync) file.appendSync(elements(9));
        else await file.append(elements(9));

        expect(numbersIn(path).map((n) => (typeof n === 'number' ? n : 0))).toEqual([...kept, 9]);
        const aside = setAsideIn(directory).map((name) =>
          readFileSync(join(directory, name), 'utf8'),
        );
        expect(aside).toEqual([rest]);
      }
    },
  );

  test.each([
    ['text', 'hello\n'],
    ['an array in another layout', '[{"n":1},{"n":2}]'],
    ['nothing but the start of a record', '[\n{"n'],
  ])('sets %s aside unchanged', async (_what, text) => {
    for (const isSync of [false, true]) {
      const directory = temporaryDirectory();
      const path = join(directory, 'a.json');
      writeFileSync(path, text);
      const file = new ArrayFile(path, keeping(LIMIT));

      if (isSync) file.appendSync(elements(9));
      else await file.append(elements(9));

      expect(numbersIn(path)).toEqual([9]);
      const [aside = ''] = setAsideIn(directory);
      expect(readFileSync(join(directory, aside), 'utf8')).toBe(text);
    }
  });

  test('does not follow a symbolic link', async () => {
    const directory = temporaryDirectory();
    const target = join(directory, 'target');
    writeFileSync(target, 'precious');
    for (const [name, isSync] of [
      ['a.json', false],
      ['b.json', true],
    ] as const) {
      const path = join(directory, name);
      symlinkSync(target, path);

      if (isSync) new ArrayFile(path, keeping(LIMIT)).appendSync(elements(1));
      else await new ArrayFile(path, keeping(LIMIT)).append(elements(1));

      expect(lstatSync(path).isFile()).toBe(true);
      expect(numbersIn(path)).toEqual([1]);
    }
    expect(readFileSync(target, 'utf8')).toBe('precious');
  });

  test('sets a directory of its name aside', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    mkdirSync(path);

    await new ArrayFile(path, keeping(LIMIT)).append(elements(1));

    expect(numbersIn(path)).toEqual([1]);
  });

  test('notices that the file was replaced, truncated or removed between two appends', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(LIMIT));
    await file.append(elements(1, 2));

    writeFileSync(path, '[\n{"n":7}\n]\n');
    await file.append(elements(3));
    const replaced = numbersIn(path);
    truncateSync(path, statSync(path).size - 5);
    await file.append(elements(4));
    const truncated = numbersIn(path);
    renameSync(path, `${path}.old`);
    await file.append(elements(5));

    expect(replaced).toEqual([7, 3]);
    expect(truncated).toEqual([7, 4]);
    expect(numbersIn(path)).toEqual([5]);
  });

  test('equals a list under any appends, restarts, cuts and compactions', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ append: fc.integer({ min: 1, max: 5 }), isSync: fc.boolean() }),
      },
      { weight: 1, arbitrary: fc.constant('restart' as const) },
      { weight: 1, arbitrary: fc.record({ cut: fc.integer({ min: 1, max: 30 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const path = join(temporaryDirectory(), 'a.json');
        const limit = 8;
        let file = new ArrayFile(path, keeping(limit));
        let model: number[] = [];
        let next = 0;
        for (const action of steps) {
          if (action === 'restart') {
            file = new ArrayFile(path, keeping(limit));
          } else if ('cut' in action) {
            if (!existsSync(path)) continue;
            truncateSync(path, Math.max(0, statSync(path).size - action.cut));
            model = readable(readFileSync(path, 'utf8'));
          } else {
            const numbers = Array.from({ length: action.append }, () => next++);
            model.push(...numbers);
            if (action.isSync) file.appendSync(elements(...numbers));
            else {
              await file.append(elements(...numbers));
              if (model.length >= limit + 2) model = model.slice(-limit);
            }
            expect(numbersIn(path)).toEqual(model);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('keeps the readable records before any damage, and every byte of the damage', async () => {
    const damage = fc.uint8Array({ maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 3 }), damage, async (count, bytes) => {
        const directory = temporaryDirectory();
        const path = join(directory, 'a.json');
        const intact = Array.from({ length: count }, (_, n) => `{"n":${n}},\n`).join('');
        writeFileSync(path, Buffer.concat([Buffer.from(`[\n${intact}`), bytes]));
        const before = readFileSync(path);

        await new ArrayFile(path, keeping(LIMIT)).append(elements(99));

        const numbers = numbersIn(path);
        expect(numbers.slice(0, count)).toEqual(Array.from({ length: count }, (_, n) => n));
        expect(numbers.at(-1)).toBe(99);
        const aside = setAsideIn(directory).map((name) => readFileSync(join(directory, name)));
        for (const rest of aside) expect(before.includes(rest)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

describe('compaction', () => {
  const parsed = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

  test('keeps the last elements that fit into the bytes', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(LIMIT, { bytes: 80 }));

    for (let n = 100; n < 120; n += 1) await file.append(elements(n));
    await file.settled();

    const numbers = numbersIn(path);
    expect(numbers.at(-1)).toBe(119);
    expect(numbers).toEqual(numbers.map((_, index) => 120 - numbers.length + index));
    expect(statSync(path).size).toBeLessThanOrEqual(80 * 1.25 + 20);
  });

  test('drops what is older than the age, but never the last element', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const old = { timestamp: Date.now() - 7_200_000 };
    await new ArrayFile(path, keeping(LIMIT)).append(lines(old, { timestamp: Date.now(), n: 1 }));

    const file = new ArrayFile(path, keeping(LIMIT, { ageMs: 3_600_000 }));
    await file.append(lines({ timestamp: Date.now(), n: 2 }));
    await file.settled();

    expect(parsed(path)).toMatchObject([{ n: 1 }, { n: 2 }]);

    const lonely = join(temporaryDirectory(), 'b.json');
    await new ArrayFile(lonely, keeping(LIMIT, { ageMs: 1000 })).append(lines(old));

    expect(parsed(lonely)).toEqual([old]);
  });

  // JSON leaves them as they are, and from version 24 on Node.js's own reader of lines ends lines there.
  test('takes separators of lines and paragraphs in a text for what they are', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(4));
    const entries = [0, 1, 2, 3, 4].map((n) => ({ n, text: 'one\u2028two\u2029three' }));

    await file.append(lines(...entries));

    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(entries.slice(1));
  });

  test('keeps the start of a run as long as it keeps entries of it', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(path, keeping(4, { exceptions: startsOfKeptRuns }));
    const entry = (kind: string, run: string) => lines({ kind, run });

    for (const run of ['gone', 'kept']) {
      await file.append(entry('start', run));
      for (let n = 0; n < 5; n += 1) await file.append(entry('tick', run));
    }
    await file.settled();

    const kinds = (parsed(path) as { kind: string; run: string }[]).map(
      ({ kind, run }) => `${kind} ${run}`,
    );
    expect(kinds[0]).toBe('start kept');
    expect(kinds).not.toContain('start gone');
  });

  test('keeps the stacks of the runs that are under way', async () => {
    const path = join(temporaryDirectory(), 'a.json');
    const file = new ArrayFile(
      path,
      keeping(4, { exceptions: () => stacksOf(new Set(['running'])) }),
    );

    await file.append(lines({ run: 'running', stack: 1 }));
    for (let stack = 0; stack < 8; stack += 1) await file.append(lines({ run: 'over', stack }));
    await file.settled();

    expect(parsed(path)).toContainEqual({ run: 'running', stack: 1 });
    expect(parsed(path)).not.toContainEqual({ run: 'over', stack: 0 });
  });

  test('sets aside a bounded number of damaged files', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'a.json');

    for (let n = 0; n < 15; n += 1) {
      writeFileSync(path, `nonsense ${n}`);
      await new ArrayFile(path, keeping(LIMIT)).append(elements(n));
    }

    expect(setAsideIn(directory)).toHaveLength(10);
  });
});
