// The rules that are compared. Each gets what the program showed within a window and answers whether it leaks, and at
// which rate (bytes per request) when it has one.

import { ReferenceRuleTest } from '../../../dist/analysis/reference-rule.js';
import { mannKendallRiseP } from '../../../dist/analysis/statistics/mann-kendall.js';
import { theilSenSlope } from '../../../dist/analysis/statistics/theil-sen.js';
import { analyzeTrends } from '../../../dist/analysis/trend/analyze-trends.js';
import { floorsWithin } from './series.mjs';

const BYTES_PER_MB = 2 ** 20;
const MAX_POINTS = 256;

const heaptide = {
  name: 'heaptide',
  input: 'probed floors',
  decide: (run, window) => {
    const trends = Object.values(analyzeTrends(floorsWithin(run, window), { requests: window }));
    const growing = trends.filter(({ verdict }) => verdict === 'leak' || verdict === 'growing');
    const [worst] = growing.sort((a, b) => b.slopeMbPerRequest - a.slopeMbPerRequest);
    return {
      leaks: growing.length > 0,
      confirmed: growing.some(({ verdict }) => verdict === 'leak'),
      slope: worst && worst.slopeMbPerRequest * BYTES_PER_MB,
      interval: worst?.intervalMbPerRequest.map((bound) => bound * BYTES_PER_MB),
    };
  },
};

// The others get every advantage: the heap only (no false alarm from another channel), code subtracted.
const heapOf = (run, window) =>
  floorsWithin(run, window).map(({ request, heap }) => ({ request, bytes: heap }));
const gcFloorsOf = ({ natural }, window) =>
  natural.gcs
    .filter(([request]) => request < window)
    .map(([request, , after]) => ({ request, bytes: after }));

/** The reference's rule reads used heap after every request; readings that are not kept repeat the one before. */
function referenceRule(readings, window) {
  const test = new ReferenceRuleTest();
  readings.forEach(({ request, bytes }, index) => {
    const next = Math.min(readings[index + 1]?.request ?? window, window);
    for (let at = request; at < next; at++) test.add(bytes / BYTES_PER_MB);
  });
  const { leakDetected, slopeMbPerRequest } = test.result();
  return { leaks: leakDetected, slope: slopeMbPerRequest * BYTES_PER_MB };
}

/** memwatch: five GCs in a row that each end higher than the one before. */
function fiveInARow(floors) {
  let streak = 0;
  const leaks = floors.some(({ bytes }, index) => {
    streak = index > 0 && bytes > floors[index - 1].bytes ? streak + 1 : 0;
    return streak >= 5;
  });
  return { leaks };
}

/** leakage: more than two thirds of the steps between forced GCs grow by more than 1 KB. */
function twoThirds(floors) {
  const steps = floors.slice(1).map(({ bytes }, index) => bytes - floors[index].bytes);
  return { leaks: steps.filter((step) => step > 1024).length > (2 / 3) * steps.length };
}

/** The textbook: Mann-Kendall's test at 5 %, one-sided, and Sen's slope. */
function mannKendallSen(floors) {
  const stride = Math.ceil(floors.length / MAX_POINTS);
  const points = floors.filter((_, index) => index % stride === 0);
  const bytes = points.map((point) => point.bytes);
  const slope = theilSenSlope(
    points.map((point) => point.request),
    bytes,
  );
  return { leaks: points.length > 3 && slope > 0 && mannKendallRiseP(bytes, 1) < 0.05, slope };
}

export const RULES = [
  heaptide,
  {
    name: "reference's rule",
    input: 'used heap',
    decide: ({ natural }, window) =>
      referenceRule(
        natural.readings
          .filter(({ request }) => request < window)
          .map(({ request, usedKb }) => ({ request, bytes: usedKb * 1024 })),
        window,
      ),
  },
  {
    name: "reference's rule",
    input: 'probed floors',
    decide: (run, window) => referenceRule(heapOf(run, window), window),
  },
  {
    name: 'memwatch: 5 in a row',
    input: 'natural GCs',
    decide: (run, window) => fiveInARow(gcFloorsOf(run, window)),
  },
  {
    name: 'memwatch: 5 in a row',
    input: 'probed floors',
    decide: (run, window) => fiveInARow(heapOf(run, window)),
  },
  {
    name: 'leakage: 2/3 grew',
    input: 'probed floors',
    decide: (run, window) => twoThirds(heapOf(run, window)),
  },
  {
    name: 'Mann-Kendall + Sen',
    input: 'natural GCs',
    decide: (run, window) => mannKendallSen(gcFloorsOf(run, window)),
  },
  {
    name: 'Mann-Kendall + Sen',
    input: 'probed floors',
    decide: (run, window) => mannKendallSen(heapOf(run, window)),
  },
];
