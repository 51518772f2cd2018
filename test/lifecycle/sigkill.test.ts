import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listProfileFiles, loadProfileData, readTimeline } from '../../lib/storage/load.js';
import { temporaryDirectory } from '../unit/storage/temporary-directory.js';
import { type Death, type Life, liveAndDie } from './doomed-service.js';

/** HEAPTIDE_TEST_ROUNDS=200 runs as many rounds of each kind of death, of two lives each; about one a second. */
const ROUNDS = process.env['HEAPTIDE_TEST_ROUNDS'];
const ROUND_MS = 20_000;
const CLI = join(__dirname, '..', '..', 'dist', 'cli', 'main.js');

/** What a life left behind, to be compared with what it was seen to do. */
interface Remains {
  readonly missing: number;
  readonly duplicates: number;
  readonly gaps: number;
}

async function remainsOf(
  out: string,
  lives: readonly Life[],
  promised: 'answered' | 'settled' = 'answered',
): Promise<Remains> {
  const { entries } = await readTimeline(out);
  const runs = new Map<string, Life>();
  for (const { run, process } of entries) {
    const life = lives.find(({ pid }) => pid === process?.pid);
    if (life !== undefined) runs.set(run, life);
  }
  const stored = new Map<string, Set<number>>();
  const counts = new Map<string, number>();
  let duplicates = 0;
  for (const { path, endpoint } of await listProfileFiles(out)) {
    for (const { run, requestId } of await loadProfileData(path)) {
      const sequences = stored.get(run) ?? new Set();
      const sequence = Number(requestId.split('-')[1]);
      if (sequences.has(sequence)) duplicates += 1;
      stored.set(run, sequences.add(sequence));
      const key = `${run} ${endpoint}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  let missing = 0;
  let gaps = 0;
  for (const [run, life] of runs) {
    for (const [endpoint, count] of life[promised]) {
      missing += Math.max(0, count - (counts.get(`${run} ${endpoint}`) ?? 0));
    }
    const sequences = stored.get(run) ?? new Set();
    gaps += Math.max(0, ...sequences) - sequences.size;
  }
  // A life whose run is not in the timeline lost everything.
  const known = new Set(runs.values());
  for (const life of lives) {
    if (known.has(life)) continue;
    for (const count of life[promised].values()) missing += count;
  }
  return { missing, duplicates, gaps };
}

function unparsable(out: string): string[] {
  return readdirSync(out)
    .filter((name) => name.endsWith('.json'))
    .filter((name) => {
      try {
        return !Array.isArray(JSON.parse(readFileSync(join(out, name), 'utf8')));
      } catch {
        return true;
      }
    });
}

const SIGNALS: Readonly<Record<Death, readonly string[]>> = {
  SIGKILL: ['SIGKILL'],
  oom: ['SIGABRT', 'SIGTRAP'],
  abort: ['SIGABRT'],
};

describe.each<Death>(['SIGKILL', 'oom', 'abort'])('a loaded service that dies of %s', (death) => {
  const rounds = Number(ROUNDS ?? (death === 'SIGKILL' ? 16 : 4));

  test(`keeps every answered request, once, in files that parse (${rounds} rounds)`, {
    timeout: 30_000 + rounds * ROUND_MS,
  }, async () => {
    const out = join(temporaryDirectory(), 'profiles');
    let answered = 0;
    for (let round = 0; round < rounds; round += 1) {
      // Two lives before a recovery by command: the second one recovers the first while it is loaded, and dies.
      const first = await liveAndDie(out, { death, ms: 20 + ((round * 37) % 400) });
      const second = await liveAndDie(out, { death, ms: 5 + ((round * 53) % 300) });
      execFileSync(process.execPath, [CLI, 'recover', out]);

      const remains = await remainsOf(out, [first, second]);

      expect({ round, ...remains }).toEqual({ round, missing: 0, duplicates: 0, gaps: 0 });
      expect(unparsable(out)).toEqual([]);
      for (const { signal } of [first, second]) expect(SIGNALS[death]).toContain(signal);
      for (const life of [first, second]) for (const n of life.answered.values()) answered += n;
    }
    expect(answered).toBeGreaterThan(rounds * 50);
  });
});

describe('a loaded service without the addon that dies of SIGKILL', () => {
  const rounds = Number(ROUNDS ?? 4);

  test(`keeps what is older than the grain of its journal, once, in files that parse (${rounds} rounds)`, {
    timeout: 30_000 + rounds * ROUND_MS,
  }, async () => {
    const out = join(temporaryDirectory(), 'profiles');
    let settled = 0;
    for (let round = 0; round < rounds; round += 1) {
      const fate = { death: 'SIGKILL', backend: 'fallback' } as const;
      const first = await liveAndDie(out, { ...fate, ms: 300 + ((round * 37) % 500) });
      const second = await liveAndDie(out, { ...fate, ms: 300 + ((round * 53) % 400) });
      // By turns, recovered with the addon and without it.
      const env = { ...process.env, ...(round % 2 === 0 && { HEAPTIDE_BACKEND: 'fallback' }) };
      execFileSync(process.execPath, [CLI, 'recover', out], { env });

      const { missing, duplicates } = await remainsOf(out, [first, second], 'settled');

      expect({ round, missing, duplicates }).toEqual({ round, missing: 0, duplicates: 0 });
      expect(unparsable(out)).toEqual([]);
      expect(readdirSync(join(out, '.journal'))).toEqual([]);
      for (const life of [first, second]) for (const n of life.settled.values()) settled += n;
    }

    expect(settled).toBeGreaterThan(rounds);
  });
});
