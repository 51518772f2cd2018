import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Journal } from '../../../lib/storage/journal.js';
import { journalContents } from '../../../lib/storage/journal-contents.js';
import { type JournalSizes, journalBytes } from '../../../lib/storage/journal-layout.js';
import { Outbox } from '../../../lib/storage/outbox.js';
import { ProfileBuffer } from '../../../lib/storage/profile-buffer.js';
import { ProfileDirectory } from '../../../lib/storage/profile-directory.js';
import { commitSlot, RECORD_BYTES, sequenceAt } from '../../../lib/storage/record-layout.js';
import { SAMPLE_DETAIL, sampleEntry, sampleReading } from './samples.js';
import { temporaryDirectory } from './temporary-directory.js';

const OWNER = { run: 'k3f9ab', pid: 4242, thread: 3, started: 1_790_000_000_000, writer: 2 };
const SIZES: JournalSizes = { records: 16, names: 512, texts: 64 * 1024 };

interface Crashing {
  readonly memory: ArrayBuffer;
  readonly buffer: ProfileBuffer;
}

function crashing(): Crashing {
  const memory = new ArrayBuffer(journalBytes(SIZES));
  const directory = new ProfileDirectory({ path: temporaryDirectory(), onError: () => undefined });
  const buffer = new ProfileBuffer({
    run: OWNER.run,
    directory,
    nameOf: (id) => `endpoint ${id}`,
    bufferSize: 1_000_000,
    flushIntervalMs: 60_000,
    journal: new Journal(memory, OWNER, SIZES),
  });
  return { memory, buffer };
}

function contentsOf({ memory }: Crashing) {
  const contents = journalContents(new Uint8Array(memory));
  if (contents === undefined) throw new Error('no journal');
  return contents;
}

describe('a journal', () => {
  test('says whose it is', () => {
    expect(contentsOf(crashing()).owner).toEqual(OWNER);
  });

  test('holds what is not written yet, and no more', async () => {
    const service = crashing();
    service.buffer.append(sampleReading({ endpoint: 0 }));
    service.buffer.appendTimeline(sampleEntry({ kind: 'start' }));
    await service.buffer.flushAll();

    service.buffer.append(sampleReading({ endpoint: 1 }), { errorMessage: 'no stock' });
    service.buffer.append(sampleReading({ endpoint: 0 }), { detail: SAMPLE_DETAIL });
    service.buffer.appendTimeline(sampleEntry());
    service.buffer.appendStack({ run: OWNER.run, stack: 7, frames: [] });

    const { records, timeline, stacks, endpoints } = contentsOf(service);
    expect(records.map(({ sequence, reading }) => [sequence, reading.endpoint])).toEqual([
      [2, 1],
      [3, 0],
    ]);
    expect(records[0]?.extras).toBe(',"error_message":"no stock"');
    expect(records[1]?.extras).toMatch(/^,"reason":"periodic",/);
    expect(timeline).toEqual([expect.stringContaining('"kind":"floor"')]);
    expect(stacks).toEqual([expect.stringContaining('"stack":7')]);
    expect(endpoints.get(1)).toEqual({ name: 'endpoint 1' });
  });

  test('equals the last records that were not written, after any appends and flushes', async () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.nat(2) },
      { weight: 1, arbitrary: fc.constant('flush' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const service = crashing();
        let pending: number[] = [];
        let sequence = 0;
        for (const action of steps) {
          if (action === 'flush') {
            await service.buffer.flushAll();
            pending = [];
          } else {
            service.buffer.append(sampleReading({ endpoint: action }));
            sequence += 1;
            pending.push(sequence);
            pending = pending.filter((n) => n > sequence - SIZES.records);
          }
        }

        const { records } = contentsOf(service);

        expect(records.map((record) => record.sequence)).toEqual(pending);
      }),
      { numRuns: 40 },
    );
  });

  test('is read without an error whatever has become of its bytes', () => {
    const service = crashing();
    for (let n = 0; n < 20; n += 1) service.buffer.append(sampleReading(), { errorMessage: 'x' });
    const bytes = new Uint8Array(service.memory);
    const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1 });
    fc.assert(
      fc.property(damage, fc.nat(bytes.length), (changes, length) => {
        const damaged = bytes.slice(0, length);
        for (const [at, value] of changes) if (at < length) damaged[at] = value;

        const contents = journalContents(damaged);

        if (contents !== undefined) expect(contents.records.length).toBeLessThanOrEqual(16);
      }),
    );
  });

  test('tells sequence numbers beyond the range of the commit word', () => {
    const view = new DataView(new ArrayBuffer(8192 * RECORD_BYTES));
    const far = fc.integer({ min: 1, max: 8192 * (2 ** 32 - 1) });
    fc.assert(
      fc.property(far, (sequence) => {
        const at = ((sequence - 1) % 8192) * RECORD_BYTES;
        commitSlot(view, at, sequence);

        expect(sequenceAt(view, at, 8192)).toBe(sequence);
      }),
    );
  });

  test('goes without the names that find no room', () => {
    const service = crashing();

    for (let endpoint = 0; endpoint < 40; endpoint += 1) {
      service.buffer.append(sampleReading({ endpoint }));
    }

    const { endpoints, records } = contentsOf(service);
    expect(endpoints.size).toBeGreaterThan(3);
    expect(endpoints.size).toBeLessThan(40);
    expect(records).toHaveLength(16);
  });
});

test('an outbox tells its witness of every line, in order', () => {
  const seen: string[] = [];
  const outbox = new Outbox(2, {
    onPush: (number, line) => seen.push(`+${number} ${line}`),
    onLeave: (number) => seen.push(`-${number}`),
  });

  for (const line of ['a', 'b', 'c']) outbox.push(line);
  outbox.source()?.onWritten(10);

  expect(seen).toEqual(['+1 a', '+2 b', '-1', '+3 c', '-3']);
});
