// Timing for the benchmarks: rounds of batches, interleaved so that all contenders see the same machine.

/**
 * Times each contender in `rounds` batches of `iterations` calls, in an order that turns round every round.
 * @param {Record<string, (iterations: number) => void | Promise<void>>} contenders each runs the whole batch
 * @returns {Promise<Record<string, { median: number, min: number, max: number }>>} ns per call
 */
export async function compare(contenders, { rounds = 15, iterations = 200_000 } = {}) {
  const names = Object.keys(contenders);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (const name of names) await contenders[name](iterations);
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const started = process.hrtime.bigint();
      await contenders[name](iterations);
      samples[name].push(Number(process.hrtime.bigint() - started) / iterations);
    }
  }
  return Object.fromEntries(names.map((name) => [name, spread(samples[name])]));
}

/** Median, minimum and maximum. */
export function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], min: sorted[0], max: sorted.at(-1) };
}

/** Prints rows `[what, figure, bar, ok]` and returns how many miss their bar. */
export function report(title, rows) {
  console.log(`\n${title}`);
  let missed = 0;
  for (const { what, figure, bar, ok } of rows) {
    if (ok === false) missed++;
    const mark = ok === undefined ? ' ' : ok ? '+' : '!';
    console.log(`  ${mark} ${what.padEnd(62)} ${figure.padStart(24)}${bar ? `   bar ${bar}` : ''}`);
  }
  return missed;
}

/** A bar for a ratio is held or missed when the whole interval is on one side of it. */
export function judge({ low, high }, highest) {
  const bar = `<= ${100 * highest} %`;
  if (high <= highest) return { bar, ok: true };
  return low > highest ? { bar, ok: false } : { bar: `${bar}: undecided` };
}

/** `12.3 (11.0-14.2) ns`. */
export function figure({ median, min, max }, unit, digits = 0) {
  const [a, b, c] = [median, min, max].map((value) => value.toFixed(digits));
  return `${a} (${b}-${c}) ${unit}`;
}
