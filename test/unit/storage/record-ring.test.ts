import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyReading, RECORD_BYTES } from '../../../lib/storage/record-layout.js';
import { RecordRing } from '../../../lib/storage/record-ring.js';
import { sampleReading } from './samples.js';

const ALL = Number.POSITIVE_INFINITY;

function ringOf(records: number): RecordRing {
  return new RecordRing(new Uint8Array(records * RECORD_BYTES));
}

describe('RecordRing', () => {
  test('gives back what was appended, in single precision where a field has it', () => {
    const ring = ringOf(4);
    const reading = sampleReading({ endpoint: 7, latencyMs: 1.23 });
    const copy = emptyReading();

    const sequence = ring.append(reading);

    expect(ring.read(sequence, copy)).toBe(true);
    expect(copy).toEqual({
      ...reading,
      delta: Math.fround(reading.delta),
      allocated: Math.fround(reading.allocated),
      latencyMs: Math.fround(reading.latencyMs),
    });
  });

  test('keeps its layout: little-endian, commit word last', () => {
    const memory = new ArrayBuffer(RECORD_BYTES);
    const ring = new RecordRing(new Uint8Array(memory));

    ring.append(sampleReading({ endpoint: 3, statusCode: 404, inFlight: 70_000, rss: 2 ** 30 }));

    const view = new DataView(memory);
    expect(view.getFloat64(0, true)).toBe(1_790_000_000_000);
    expect(view.getUint32(40, true)).toBe(2 ** 20);
    expect(view.getUint16(52, true)).toBe(3);
    expect(view.getUint16(54, true)).toBe(404);
    expect(view.getUint16(56, true)).toBe(65_535);
    expect(view.getUint32(60, true)).toBe(1);
  });

  test('drops the oldest unflushed record when it is full, and counts it', () => {
    const ring = ringOf(3);
    for (let sequence = 1; sequence <= 3; sequence += 1) ring.append(sampleReading());
    ring.markFlushed(1);

    ring.append(sampleReading());
    ring.append(sampleReading());

    expect(ring.dropped).toBe(1);
    expect(ring.unflushed(0, ALL)).toEqual([3, 4, 5]);
    expect(ring.read(2, emptyReading())).toBe(false);
  });

  test('counts a record as flushed once', () => {
    const ring = ringOf(4);
    ring.append(sampleReading());
    ring.append(sampleReading());

    ring.markFlushed(1);
    ring.markFlushed(1);
    ring.markFlushed(99);

    expect(ring.size).toBe(1);
    expect(ring.pendingOf(0)).toBe(1);
  });

  test('refuses memory that holds no record', () => {
    expect(() => new RecordRing(new Uint8Array(RECORD_BYTES - 1))).toThrow(
      expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
    );
  });

  test('equals a list of the last N records under any appends and flushes', () => {
    const append = fc.record({ endpoint: fc.integer({ min: 0, max: 3 }) });
    const flush = fc.record({
      flush: fc.integer({ min: 0, max: 3 }),
      limit: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.oneof(append, flush), { maxLength: 60 }),
        (capacity, steps) => {
          const ring = ringOf(capacity);
          let model: { sequence: number; endpoint: number }[] = [];
          let dropped = 0;
          let last = 0;
          for (const step of steps) {
            if ('endpoint' in step) {
              last = ring.append(sampleReading({ endpoint: step.endpoint }));
              model.push({ sequence: last, endpoint: step.endpoint });
              const kept = model.filter(({ sequence }) => sequence > last - capacity);
              dropped += model.length - kept.length;
              model = kept;
            } else {
              const sequences = ring.unflushed(step.flush, step.limit);
              for (const sequence of sequences) ring.markFlushed(sequence);
              model = model.filter(({ sequence }) => !sequences.includes(sequence));
            }
            for (let endpoint = 0; endpoint <= 3; endpoint += 1) {
              const expected = model.filter((record) => record.endpoint === endpoint);
              expect(ring.unflushed(endpoint, ALL)).toEqual(
                expected.map(({ sequence }) => sequence),
              );
              expect(ring.pendingOf(endpoint)).toBe(expected.length);
            }
            expect(ring.size).toBe(model.length);
            expect(ring.dropped).toBe(dropped);
          }
        },
      ),
    );
  });
});
