// Scores a rule on a set of runs.
import { labelOf, reaches } from './labels.mjs';
import { WINDOWS } from './series.mjs';

// Looks at a run while it grows: each 1.25 times as long as the one before, the last one at 20,000 requests.
const LOOKS = Array.from({ length: 24 }, (_, index) => Math.round(20_000 / 1.25 ** (23 - index)));

/** Per window: confusion, precision, recall, F1, false-alarm rate, slope error, coverage of the interval. */
export function scoreWindows(rule, runs) {
  return WINDOWS.map((window) => {
    const judged = runs
      .filter((run) => reaches(run, window))
      .map((run) => ({ run, label: labelOf(run, window), ...rule.decide(run, window) }));
    const count = (label, leaks) =>
      judged.filter((one) => one.label === label && one.leaks === leaks).length;
    const [hits, misses] = [count('leak', true), count('leak', false)];
    const [alarms, quiet] = [count('healthy', true), count('healthy', false)];
    const found = judged.filter((one) => one.label === 'leak' && one.leaks);
    return {
      window,
      hits,
      misses,
      alarms,
      quiet,
      undecidable: count('undecidable', true) + count('undecidable', false),
      undecidableFlagged: count('undecidable', true),
      precision: ratio(hits, hits + alarms),
      recall: ratio(hits, hits + misses),
      f1: ratio(2 * hits, 2 * hits + misses + alarms),
      alarmRate: ratio(alarms, alarms + quiet),
      slopeErrors: found
        .filter((one) => one.slope !== undefined)
        .map((one) => Math.abs(one.slope / one.run.trueSlope - 1)),
      covered: found
        .filter((one) => one.interval !== undefined)
        .map(({ interval: [low, high], run }) => low <= run.trueSlope && run.trueSlope <= high),
    };
  });
}

/** Repeated looks: an alarm takes two in a row. */
export function scoreLooks(rule, runs) {
  const requestsToDetect = [];
  let falseAlarms = 0;
  for (const run of runs) {
    const looks = LOOKS.filter((look) => look <= run.requests).map((look) => ({
      look,
      label: labelOf(run, look),
      leaks: rule.decide(run, look).leaks,
    }));
    const alarm = (label) =>
      looks.find(
        (one, index) => index > 0 && one.leaks && looks[index - 1].leaks && one.label === label,
      );
    if (run.label === 'leak') requestsToDetect.push((alarm('leak')?.look ?? Infinity) - run.onset);
    else if (alarm('healthy') !== undefined) falseAlarms += 1;
  }
  return {
    requestsToDetect,
    falseAlarms,
    healthyRuns: runs.filter((run) => run.label !== 'leak').length,
  };
}

/** The value below which `share` of the values lie; `undefined` when there is none. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

function ratio(part, whole) {
  return whole === 0 ? undefined : part / whole;
}
