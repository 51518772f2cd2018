import type { FloorPoint } from '../../../lib/analysis/floor-point.js';
import type { Channel } from '../../../lib/core/analysis-result.js';

/** What the specification decides on one channel of one window: its word for the verdict, bytes per request. */
export type ExpectedDecision = readonly [verdict: string, slope: number];

export interface ProbedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly channel: Channel;
  readonly label: 'leak' | 'ok';
  /** Length of the run. */
  readonly requests: number;
  /** Request at which the leak begins; 0 for the start. */
  readonly onset: number;
  /** Request at which bounded growth ends; 0 when there is none. */
  readonly settle: number;
  /** Requests between the steps of a leak that leaks now and then; 0 when it leaks steadily. */
  readonly stepEvery: number;
  readonly leakingEndpoints: readonly number[];
  readonly floors: readonly FloorPoint[];
  /** For programs of several endpoints: by floor, the requests finished since the one before, by endpoint. */
  readonly finished?: readonly (readonly number[])[];
  /** Sampled live stacks: frames innermost first, joined by `<`, and rows of request, then stack, bytes, samples. */
  readonly sites?: {
    readonly keys: readonly string[];
    readonly rows: readonly (readonly number[])[];
  };
  readonly expected: Readonly<Record<string, Readonly<Record<Channel, ExpectedDecision>>>>;
}

export interface NaturalRun {
  readonly scenario: string;
  readonly seed: number;
  /** Request, 0 for a scavenge or 1 for a major GC, used heap at its end. */
  readonly gcs: readonly (readonly [request: number, kind: 0 | 1, after: number])[];
  readonly readings: readonly { readonly request: number; readonly usedKb: number }[];
}

export const WINDOWS: readonly number[];
export function readProbedRuns(): readonly ProbedRun[];
export function readNaturalRuns(): readonly NaturalRun[];
export function floorsWithin(run: ProbedRun, window: number): readonly FloorPoint[];
export function encodeDeltas(values: readonly number[]): number[];
export function decodeDeltas(deltas: readonly number[]): number[];
