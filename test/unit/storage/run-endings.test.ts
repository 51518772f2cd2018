import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { TimelineEntry } from '../../../lib/core/timeline.js';
import { runEndings } from '../../../lib/storage/run-endings.js';
import { sampleEntry } from './samples.js';

const NOW = 1_790_000_000_000;
const MINUTE = 60_000;

function start(run: string, pid: number, timestamp = NOW): TimelineEntry {
  const process = { pid, thread: 0, node: 'v20', sampleIntervalBytes: 0, backend: 'native' };
  return sampleEntry({ kind: 'start', run, timestamp, process });
}

function entry(kind: 'tick' | 'stop', run: string, timestamp = NOW): TimelineEntry {
  const { process, ...fields } = sampleEntry({ kind, run, timestamp });
  return fields;
}

describe('runEndings', () => {
  test('says that a run with a stop entry ended cleanly', () => {
    const endings = runEndings([start('a', process.pid), entry('stop', 'a')], { now: NOW });

    expect(endings.get('a')).toBe('clean');
  });

  test('says that a run of a living process that wrote lately is running', () => {
    const endings = runEndings([start('a', process.pid, NOW - 60 * MINUTE), entry('tick', 'a')], {
      now: NOW,
    });

    expect(endings.get('a')).toBe('running');
  });

  test('says that a run is killed when its process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);

    expect(runEndings([start('a', pid)], { now: NOW }).get('a')).toBe('killed');
  });

  test('does not trust a process id after a long silence', () => {
    const endings = runEndings([start('a', process.pid, NOW - 11 * MINUTE)], { now: NOW });

    expect(endings.get('a')).toBe('killed');
  });

  test('says that a run is killed when a later one has its process id', () => {
    const endings = runEndings([start('a', process.pid, NOW - MINUTE), start('b', process.pid)], {
      now: NOW,
    });

    expect([...endings]).toEqual([
      ['a', 'killed'],
      ['b', 'running'],
    ]);
  });

  test('says that a run without a known process is killed', () => {
    expect(runEndings([entry('tick', 'a')], { now: NOW }).get('a')).toBe('killed');
  });

  describe('of a run with a journal', () => {
    const journaled = (run: string) => ({ ...start(run, process.pid), journaled: true });

    test('goes by its lock, however long the run is silent and whatever runs follow', () => {
      const old = { ...journaled('a'), timestamp: NOW - 60 * MINUTE };
      const journals = new Map([['a', 'alive' as const]]);

      const endings = runEndings([old, start('b', process.pid)], { journals, now: NOW });

      expect([...endings.values()]).toEqual(['running', 'running']);
    });

    test.each([
      ['is free', new Map([['a', 'dead' as const]])],
      ['was recovered', new Map()],
    ])('is killed when the journal %s, though the process lives', (_what, journals) => {
      const endings = runEndings([journaled('a')], { journals, now: NOW });

      expect(endings.get('a')).toBe('killed');
    });

    test('goes by the process id when the lock cannot be seen', () => {
      const journals = new Map([['a', 'unseen' as const]]);

      const endings = runEndings([journaled('a')], { journals, now: NOW });

      expect(endings.get('a')).toBe('running');
    });

    test('is clean when it stopped, also if the journal could not be removed', () => {
      const journals = new Map([['a', 'dead' as const]]);

      const endings = runEndings([journaled('a'), entry('stop', 'a')], { journals, now: NOW });

      expect(endings.get('a')).toBe('clean');
    });
  });
});
