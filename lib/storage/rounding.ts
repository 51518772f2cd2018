const MOST_DECIMALS = 6;
const POWERS_OF_TEN = [1, 10, 100, 1e3, 1e4, 1e5, 1e6] as const;

/** Rounds to `places` decimals, 0 to 6. Values that are not finite stay as they are. */
export function decimals(value: number, places: 0 | 1 | 2 | 3 | 4 | 5 | 6): number {
  const scale = POWERS_OF_TEN[places];
  return Math.round(value * scale) / scale;
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
