import type { AllocationSite, HeapStatistics } from './profile.js';
import type { RunProcess } from './timeline.js';

/** A function with live memory at the last capture. There is no baseline there to tell its growth from. */
export type LastSite = Omit<AllocationSite, 'growthMb'>;

/** The process or worker thread that a last capture is of. */
export interface CapturedRun {
  readonly run: string;
  /** Wall-clock ms at which the run started. */
  readonly started: number;
  readonly process: RunProcess;
}

/** What was alive when V8 reported that the heap is about to run out. Written natively: no JavaScript runs then. */
export interface LastCapture extends CapturedRun {
  /** Wall-clock time of V8's notice, in ms since the epoch. */
  readonly timestamp: number;
  readonly heap: HeapStatistics;
  /** By live memory, largest first. Absent when the sampler did not run. */
  readonly sites?: readonly LastSite[];
}
