import type { Exceptions } from './array-limits.js';

/** The timeline keeps the `start` entry of every run that it still has entries of: it says whose they are. */
export function startsOfKeptRuns(): Exceptions {
  const runs = new Set<string>();
  return {
    mayStay: (line) => line.startsWith('{"kind":"start"'),
    noteKept: (line) => {
      runs.add(runOf(line));
    },
    mustStay: (line) => runs.has(runOf(line)),
  };
}

/** The stacks of runs that are under way stay: each is written once, and entries to come refer to it. */
export function stacksOf(runs: ReadonlySet<string>): Exceptions {
  return {
    mayStay: (line) => runs.has(runOf(line)),
    noteKept: () => undefined,
    mustStay: () => true,
  };
}

function runOf(line: string): string {
  return /"run":"([^"]*)"/.exec(line)?.[1] ?? '';
}
