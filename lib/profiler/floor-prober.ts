import type { Binding } from '../binding/contract.js';
import { type MeterReading, ProbeMeter } from '../capture/probe-meter.js';
import { type FloorMoment, type ProbeMoment, ProbePace } from '../capture/probe-pace.js';
import type { ResolvedOptions } from '../core/options.js';
import { bytesToMb } from '../core/units.js';
import { floorProbe } from './floor-probe.js';
import type { HeapView } from './heap-view.js';

/** Cost of the probes of a run. */
export interface ProbeStats {
  readonly requested: number;
  readonly floors: number;
  /** GC pauses of the profiled thread between request and floor, in ms. */
  readonly pauseMs: number;
  /**
   * CPU time in ms: the pauses, and what V8's helper threads took, known about a second after the floor. Estimated, since
   * helpers are told from the process's other threads by what those take between probes. Absent before the run's first
   * second is over, and in the fallback, which cannot know.
   */
  readonly cpuMs?: number;
}

/** What a prober asks and reads. */
export interface ProberSources {
  readonly binding: Binding;
  readonly heap: HeapView;
  readonly options: ResolvedOptions['probe'];
}

/** Asks V8 for major GCs at the pace's word, since only what one leaves tells of a leak, and measures what they cost. */
export class FloorProber {
  readonly #binding: Binding;
  readonly #heap: HeapView;
  readonly #pace: ProbePace;
  readonly #meter: ProbeMeter;
  readonly #probe: () => boolean;
  #stats: ProbeStats = { requested: 0, floors: 0, pauseMs: 0 };

  /** @param startedAt the run's start on the monotonic clock, in ms. */
  constructor({ binding, heap, options }: ProberSources, startedAt: number) {
    this.#binding = binding;
    this.#heap = heap;
    this.#probe = floorProbe(binding, options);
    this.#pace = new ProbePace(options, startedAt);
    const reading = this.#readMeter();
    this.#meter = new ProbeMeter(reading);
    if (reading.othersMs !== undefined) this.#stats = { ...this.#stats, cpuMs: 0 };
  }

  get stats(): ProbeStats {
    return this.#stats;
  }

  /** Probes if it is time to. Returns whether a GC was asked for; a forced one has ended then. */
  probeIfDue(moment: ProbeMoment): boolean {
    if (!this.#pace.isDue(moment)) return false;
    this.#pace.noteRequest(moment.now);
    const before = this.#readMeter();
    if (!this.#probe()) return false;
    this.#meter.noteRequest(before);
    this.#stats = { ...this.#stats, requested: this.#stats.requested + 1 };
    return true;
  }

  /** Takes note of a floor. Returns whether it is that of a probe. */
  noteFloor(moment: Omit<FloorMoment, 'isProbed'>): boolean {
    const pauseMs = this.#meter.noteFloor(this.#heap.pause);
    const isProbed = pauseMs !== undefined;
    this.#pace.noteFloor({ ...moment, isProbed });
    if (!isProbed) return false;
    const { floors, pauseMs: before } = this.#stats;
    this.#stats = { ...this.#stats, floors: floors + 1, pauseMs: before + pauseMs };
    return true;
  }

  /** Closes the account of the last probe once its floor has come. Returns whether that is now. */
  settle(): boolean {
    const cost = this.#meter.settle(() => this.#readMeter());
    if (cost === undefined) return false;
    this.#pace.noteCost({ ...cost, liveMb: bytesToMb(this.#heap.floor) });
    if (cost.cpuMs !== undefined) {
      this.#stats = { ...this.#stats, cpuMs: (this.#stats.cpuMs ?? 0) + cost.cpuMs };
    }
    return true;
  }

  #readMeter(): MeterReading {
    const heap = this.#heap;
    const cpu = this.#binding.cpuTimes();
    return {
      now: heap.time,
      pauseMs: heap.pause,
      ...(cpu !== null && { othersMs: cpu.processMs - cpu.threadMs }),
    };
  }
}
