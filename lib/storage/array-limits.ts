/** What an array file keeps when it is compacted. The last element always stays. */
export interface ArrayLimits {
  /** Elements. */
  readonly count: number;
  /** Bytes of the file. */
  readonly bytes: number;
  /** Age of elements by their `timestamp`, in ms. Elements without one have no age. */
  readonly ageMs: number;
  /** Makes the exceptions of one compaction. */
  readonly exceptions?: () => Exceptions;
}

/** Elements that stay although the limits would drop them. */
export interface Exceptions {
  /** Whether an element that the limits drop has to be asked about in the end: it is remembered until then. */
  readonly mayStay: (line: string) => boolean;
  /** Called with each element that the limits keep, before the others are asked about. */
  readonly noteKept: (line: string) => void;
  readonly mustStay: (line: string) => boolean;
}

/** Share of a limit by which a file may exceed it before it is compacted: one rewrite per that much growth. */
const SLACK = 0.25;

/** Decides when a file is compacted: after each growth by the slack, and each time that age may have told. */
export class CompactionSchedule {
  readonly #limits: ArrayLimits;
  #atCount: number;
  #atBytes: number;
  #atTime = 0;

  constructor(limits: ArrayLimits) {
    this.#limits = limits;
    this.#atCount = limits.count * (1 + SLACK);
    this.#atBytes = limits.bytes * (1 + SLACK);
  }

  isDue(file: { readonly count: number; readonly size: number }, now: number): boolean {
    return (
      file.count >= this.#atCount ||
      file.size >= this.#atBytes ||
      (Number.isFinite(this.#limits.ageMs) && now >= this.#atTime)
    );
  }

  /** Plans the next one, after one that left the file as it is now. */
  plan(file: { readonly count: number; readonly size: number }, now: number): void {
    const { count, bytes, ageMs } = this.#limits;
    this.#atCount = Math.max(count, file.count) + count * SLACK;
    this.#atBytes = Math.max(bytes, file.size) + bytes * SLACK;
    this.#atTime = now + ageMs * SLACK;
  }
}
