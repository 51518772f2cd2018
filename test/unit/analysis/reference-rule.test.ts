import { describe, expect, test } from 'vitest';
import { ReferenceRuleTest } from '../../../lib/analysis/reference-rule.js';

function judge(readings: readonly number[]) {
  const rule = new ReferenceRuleTest();
  for (const usedMb of readings) rule.add(usedMb);
  return rule.result();
}

const ramp = (count: number, start: number, slope: number) =>
  Array.from({ length: count }, (_, index) => start + slope * index);

describe("the reference's rule", () => {
  test('detects a steep and steady rise', () => {
    const result = judge(ramp(100, 50, 0.02));

    expect(result.leakDetected).toBe(true);
    expect(result.slopeMbPerRequest).toBeCloseTo(0.02, 10);
    expect(result.rSquared).toBeCloseTo(1, 10);
    expect(result.message).toContain('Possible memory leak');
  });

  test.each([
    ['a rise of less than 0.01 MB per request', ramp(100, 50, 0.009)],
    ['a fall', ramp(100, 50, -0.02)],
    ['a constant', ramp(100, 50, 0)],
    ['a sawtooth, whose R^2 is low', ramp(100, 50, 0.02).map((mb, index) => mb + 5 * (index % 7))],
    ['two readings, which prove nothing', [50, 51]],
    ['no reading', []],
  ])('does not detect %s', (_, readings) => {
    expect(judge(readings).leakDetected).toBe(false);
  });

  test('excludes readings that vary by more than 40 % of their mean', () => {
    const result = judge(ramp(100, 1, 1));

    expect(result.coefficientOfVariation).toBeGreaterThan(0.4);
    expect(result.leakDetected).toBe(false);
    expect(result.message).toContain('Unstable');
  });

  test('leaves out readings that are not memory', () => {
    const clean = judge(ramp(50, 50, 0.02));
    const damaged = ramp(50, 50, 0.02).flatMap((mb) => [mb, Number.NaN, -1, Infinity]);

    expect(judge(damaged)).toEqual(clean);
  });

  test('holds its figures finite and in range for anything', () => {
    const result = judge([0, 2 ** 53, 1, 2 ** 53, 0]);

    expect(result.rSquared).toBeGreaterThanOrEqual(0);
    expect(result.rSquared).toBeLessThanOrEqual(1);
    expect(result.pValue).toBeGreaterThanOrEqual(0);
    expect(result.pValue).toBeLessThanOrEqual(1);
  });
});
