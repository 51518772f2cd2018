/** A stack has appeared once it holds this many samples, or this share of its final ones if that is more. */
export const APPEARANCE_SAMPLES = 2;
const APPEARANCE_SHARE = 0.1;

/** Index of the floor at which a stack with these samples has come into its own. */
export function appearance(samples: readonly number[]): number {
  const enough = Math.max(APPEARANCE_SAMPLES, APPEARANCE_SHARE * (samples.at(-1) ?? 0));
  const index = samples.findIndex((value) => value >= enough);
  return index < 0 ? samples.length - 1 : index;
}
