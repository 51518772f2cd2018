const MOST_DECIMALS = 6;
/** Beyond it, a double has no hundredths. */
const MOST_HUNDREDTHS = 2 ** 52;
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6] as const;

/** Rounds to `places` decimals, 0 to 6. Values that are not finite stay as they are. */
export function decimals(value: number, places: 0 | 1 | 2 | 3 | 4 | 5 | 6): number {
  const scale = POWERS_OF_TEN[places];
  return Math.round(value * scale) / scale;
}

/** Decimal fractions without trailing zeros, by hundredths. */
const HUNDREDTHS = Array.from({ length: 100 }, (_, n) => String(n / 100).slice(1));

/** `value` in JSON, rounded to 2 decimals; `null` when it is not finite. */
export function hundredths(value: number): string {
  return fixed(value, 1);
}

/** `value` in JSON, rounded to 1 decimal; `null` when it is not finite. */
export function tenths(value: number): string {
  return fixed(value, 10);
}

/** Rounds to multiples of `step` hundredths. Puts whole numbers together: V8 prints them several times as fast. */
function fixed(value: number, step: 1 | 10): string {
  const rounded = Math.round((Math.abs(value) * 100) / step) * step;
  if (!(rounded < MOST_HUNDREDTHS)) return String(Number.isFinite(value) ? value : null);
  const whole = Math.trunc(rounded / 100);
  return `${value < 0 && rounded > 0 ? '-' : ''}${whole}${HUNDREDTHS[rounded - whole * 100]}`;
}

/** Rounds to `digits` significant digits, but to no more than 6 decimals and no less than whole numbers. */
export function significant(value: number, digits: number): number {
  const magnitude = Math.abs(value);
  let places = MOST_DECIMALS;
  let bound = 10 ** (digits - MOST_DECIMALS);
  while (magnitude >= bound && places > 0) {
    places -= 1;
    bound *= 10;
  }
  const scale = POWERS_OF_TEN[places] ?? 1;
  return Math.round(value * scale) / scale;
}

/** MB to the byte. */
export function mb(value: number): number {
  return decimals(value, 6);
}

/** Milliseconds to the microsecond. */
export function ms(value: number): number {
  return decimals(value, 3);
}
