import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Journal } from '../../../lib/storage/journal.js';
import { journalContents } from '../../../lib/storage/journal-contents.js';
import type { JournalSizes } from '../../../lib/storage/journal-layout.js';
import { JournalMirror } from '../../../lib/storage/journal-mirror.js';
import { RecordRing } from '../../../lib/storage/record-ring.js';
import { sampleReading } from './samples.js';
import { temporaryDirectory } from './temporary-directory.js';

const OWNER = { run: 'k3f9ab', pid: 4242, thread: 3, started: 1_790_000_000_000, writer: 2 };
/** Small, so that the ring and the texts go round. */
const SIZES: JournalSizes = { records: 256, names: 4096, texts: 1024 };

type Step =
  | { readonly records: number }
  | { readonly flushed: number }
  | { readonly text: number }
  | { readonly mark: number }
  | 'name'
  | 'write';

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ records: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ flushed: fc.integer({ min: 1, max: 400 }) }),
  fc.record({ text: fc.integer({ min: 0, max: 900 }) }),
  fc.record({ mark: fc.integer({ min: 0, max: 20 }) }),
  fc.constantFrom<Step>('name', 'write', 'write'),
);

test('the file has what the memory had at the last write, whatever happened in between', () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 40 }), (steps) => {
      const path = join(temporaryDirectory(), 'k3f9ab.journal');
      const fd = openSync(path, 'wx+');
      const journal = Journal.inMemory(OWNER, SIZES);
      const ring = new RecordRing(journal.records);
      const mirror = new JournalMirror(fd, journal.parts);
      let number = 0;
      const actions = {
        records: (count: number) => {
          for (let n = 0; n < count; n += 1) ring.append(sampleReading({ endpoint: n % 3 }));
        },
        flushed: (sequence: number) => ring.markFlushed(sequence),
        text: (length: number) => journal.addText('timeline', ++number, 'x'.repeat(length)),
        mark: (line: number) => journal.markWritten('timeline', line),
      };

      for (const step of steps) {
        if (step === 'write') mirror.write();
        else if (step === 'name') journal.addName(number % 3, { endpoint: `endpoint ${number}` });
        else if ('records' in step) actions.records(step.records);
        else if ('flushed' in step) actions.flushed(step.flushed);
        else if ('text' in step) actions.text(step.text);
        else actions.mark(step.mark);
      }
      mirror.write();
      closeSync(fd);

      const memory = new Uint8Array(journal.records.buffer);
      expect(journalContents(readFileSync(path))).toEqual(journalContents(memory));
      expect(readFileSync(path).length).toBe(memory.length);
    }),
    { numRuns: 200 },
  );
});
