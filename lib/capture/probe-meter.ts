/** Threads that Node.js gives V8 for its helpers, unless `--v8-pool-size` says otherwise. */
const HELPER_THREADS = 4;

/** Counters of the process at one moment, in ms. */
export interface MeterReading {
  /** Monotonic clock. */
  readonly now: number;
  /** GC pauses of the profiled thread so far. */
  readonly pauseMs: number;
  /** CPU time of the process's other threads so far. Absent where it is not known. */
  readonly othersMs?: number;
}

/** What a probe took, in ms. */
export interface ProbeCost {
  /** GC pauses of the profiled thread from request to floor. */
  readonly pauseMs: number;
  /** CPU time, the pauses included. Estimated. Absent where it is not known. */
  readonly cpuMs?: number;
}

type Phase =
  | { readonly kind: 'rest'; readonly since: MeterReading }
  | { readonly kind: 'asked'; readonly at: MeterReading; readonly othersShare: number }
  | {
      readonly kind: 'floor';
      readonly at: MeterReading;
      readonly othersShare: number;
      readonly pauseMs: number;
    };

/**
 * Measures what probes cost: the pauses of the profiled thread, and what V8's helper threads took from the request until
 * some time after the floor, since they sweep then. Helpers cannot be told from the process's other threads, so what
 * those took before the probe, in proportion to time, is left out. What V8 marks on the profiled thread outside of
 * pauses is not seen. Pure: readings come in.
 */
export class ProbeMeter {
  #phase: Phase;

  constructor(now: MeterReading) {
    this.#phase = { kind: 'rest', since: now };
  }

  /** A probe was asked for at `at`. Another request before the floor belongs to the same probe. */
  noteRequest(at: MeterReading): void {
    const phase = this.#phase;
    if (phase.kind !== 'rest') return;
    this.#phase = { kind: 'asked', at, othersShare: othersShare(phase.since, at) };
  }

  /**
   * A major GC has ended; `totalPauseMs` are the pauses until now. Returns those since the request if it is a probe's
   * floor.
   */
  noteFloor(totalPauseMs: number): number | undefined {
    const phase = this.#phase;
    if (phase.kind !== 'asked') return undefined;
    const pauseMs = totalPauseMs - phase.at.pauseMs;
    this.#phase = { ...phase, kind: 'floor', pauseMs };
    return pauseMs;
  }

  /** Closes the account of a probe whose floor has come. `undefined`, without a reading, when there is none. */
  settle(read: () => MeterReading): ProbeCost | undefined {
    const phase = this.#phase;
    if (phase.kind !== 'floor') return undefined;
    const at = read();
    this.#phase = { kind: 'rest', since: at };
    const { pauseMs } = phase;
    const others = othersBetween(phase.at, at);
    if (others === undefined) return { pauseMs };
    const elapsed = at.now - phase.at.now;
    const helpers = Math.max(0, others - phase.othersShare * elapsed);
    return { pauseMs, cpuMs: pauseMs + Math.min(helpers, HELPER_THREADS * elapsed) };
  }
}

/** CPU time that the other threads take in a unit of time. */
function othersShare(from: MeterReading, to: MeterReading): number {
  const elapsed = to.now - from.now;
  return elapsed > 0 ? (othersBetween(from, to) ?? 0) / elapsed : 0;
}

function othersBetween(from: MeterReading, to: MeterReading): number | undefined {
  if (from.othersMs === undefined || to.othersMs === undefined) return undefined;
  return Math.max(0, to.othersMs - from.othersMs);
}
