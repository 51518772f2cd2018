import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimeBudget } from '../../../lib/capture/time-budget.js';

test('never spends more than its share of a long run, plus one second allowance and one overrun', () => {
  const costs = fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 100 });
  fc.assert(
    fc.property(costs, (costs) => {
      const budget = new TimeBudget(0.01);
      let now = 0;
      let spent = 0;
      for (const cost of costs) {
        now += 20;
        if (!budget.allows(now)) continue;
        budget.spend(cost, now);
        spent += cost;
      }

      expect(spent).toBeLessThanOrEqual(now * 0.01 + 10 + 50);
    }),
  );
});

test('pauses after a long run in proportion to its length', () => {
  const budget = new TimeBudget(0.01);

  budget.spend(40, 0);

  expect(budget.allows(2999)).toBe(false);
  expect(budget.allows(3000)).toBe(true);
});

test('allows nothing at a share of 0, and everything affordable at 1', () => {
  expect(new TimeBudget(0).allows(1e9)).toBe(false);
  expect(new TimeBudget(1).allows(0)).toBe(true);
});

test('is not confused by a clock that steps back', () => {
  const budget = new TimeBudget(0.01);
  budget.spend(40, 5000);

  expect(budget.allows(1000)).toBe(false);
});
