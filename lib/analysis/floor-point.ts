/** One post-GC floor after a major GC: the input of every trend. Bytes and ms. */
export interface FloorPoint {
  /** Requests finished by the run when the GC ended. */
  readonly request: number;
  /** Wall-clock ms since the epoch. */
  readonly timestamp: number;
  /** Used heap with code subtracted. */
  readonly heap: number;
  /** The code that was subtracted; absent when it is not known. */
  readonly code?: number;
  /** External memory. */
  readonly external: number;
  /** RSS minus committed heap minus external memory. */
  readonly native: number;
  /** Requests in flight. */
  readonly inFlight: number;
}
