/** The source around the start of a function. */
export interface Excerpt {
  /** 1-based number of the first line. */
  readonly firstLine: number;
  readonly lines: readonly string[];
  /** Last change of the file, in ms since the epoch: one after the profile's may have moved the function. */
  readonly changed: number;
}
