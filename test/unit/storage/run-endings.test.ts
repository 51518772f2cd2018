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
    const endings = runEndings([start('a', process.pid), entry('stop', 'a')], NOW);

    expect(endings.get('a')).toBe('clean');
  });

  test('says that a run of a living process that wrote lately is running', () => {
    const endings = runEndings(
      [start('a', process.pid, NOW - 60 * MINUTE), entry('tick', 'a')],
      NOW,
    );

    expect(endings.get('a')).toBe('running');
  });

  test('says that a run is killed when its process is gone', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);

    expect(runEndings([start('a', pid)], NOW).get('a')).toBe('killed');
  });

  test('does not trust a process id after a long silence', () => {
    const endings = runEndings([start('a', process.pid, NOW - 11 * MINUTE)], NOW);

    expect(endings.get('a')).toBe('killed');
  });

  test('says that a run is killed when a later one has its process id', () => {
    const endings = runEndings(
      [start('a', process.pid, NOW - MINUTE), start('b', process.pid)],
      NOW,
    );

    expect([...endings]).toEqual([
      ['a', 'killed'],
      ['b', 'running'],
    ]);
  });

  test('says that a run without a known process is killed', () => {
    expect(runEndings([entry('tick', 'a')], NOW).get('a')).toBe('killed');
  });
});
