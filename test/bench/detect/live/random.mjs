// Seeded random numbers: a run can be repeated, and no two seeds are alike.

/** A source of uniform numbers in [0, 1) (mulberry32) with what programs draw from it. */
export function seededRandom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    /** A whole number, both ends included. */
    between: (low, high) => low + Math.floor(next() * (high - low + 1)),
    shuffled: (values) =>
      values
        .map((value) => ({ value, key: next() }))
        .sort((a, b) => a.key - b.key)
        .map(({ value }) => value),
  };
}

/** A seed of its own for each name. */
export function seedOf(name, seed) {
  let hash = seed;
  for (const character of name) hash = (Math.imul(hash, 31) + character.codePointAt(0)) | 0;
  return hash;
}

/** The seeds in the environment variable `SEEDS`, or else these. */
export function seedsOr(seeds) {
  return process.env.SEEDS?.split(',').map(Number) ?? seeds;
}
