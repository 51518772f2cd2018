import type { Channel } from '../../core/analysis-result.js';

/** A number at each point of a chart; `null` where there is none. */
export type Column = readonly (number | null)[];

/** Memory over time. All columns have the same length; sizes in MB (2^20 bytes). */
export interface MemorySeries {
  /** Wall-clock seconds since the epoch, ascending. */
  readonly time: readonly number[];
  /** Requests finished, runs added up. */
  readonly requests: readonly number[];
  readonly used: Column;
  /** Used heap without code at the end of each major GC. */
  readonly floor: Column;
  readonly external: Column;
  readonly rss: Column;
  /** RSS minus V8's heap minus external memory, at each major GC. */
  readonly native: Column;
  /** The fitted trends of what grows. */
  readonly trends: readonly TrendSeries[];
  /** Points at which a major GC ended, and whether heaptide asked for it. */
  readonly majorGcs: readonly { readonly at: number; readonly probed: boolean }[];
  /** Points at which a later run begins. */
  readonly restarts: readonly number[];
}

/** A fitted trend with the ends of its 95 % interval. */
export interface TrendSeries {
  readonly channel: Channel;
  readonly mid: Column;
  readonly low: Column;
  readonly high: Column;
}

/** GC work between two points. */
export interface GcSeries {
  readonly time: readonly number[];
  /** Share of the time spent in GC pauses, in percent. */
  readonly pausePercent: Column;
  /** Megabytes freed per second. */
  readonly freedMbPerSecond: Column;
}

/** Whose code a frame is. */
export type FrameKind = 'app' | 'package' | 'node' | 'builtin';

/** A frame of the icicle with everything that it calls. */
export interface IcicleNode {
  readonly name: string;
  /** Where the function starts; empty when it has no script. */
  readonly place: string;
  readonly kind: FrameKind;
  /** Live bytes of the frame and all that it calls. */
  readonly value: number;
  readonly children: readonly IcicleNode[];
}

/** What the page's script draws. Everything else is in the page's markup. */
export interface PageData {
  readonly memory: MemorySeries;
  readonly gc: GcSeries;
  /** Absent when the run has no reading of stacks. */
  readonly icicle?: IcicleNode;
}
