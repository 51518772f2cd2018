import type { LastCapture } from './last-capture.js';
import type { AllocationSite } from './profile.js';
import type { Overhead } from './timeline.js';

/**
 * What a series of floors says.
 *
 * - `leak`: grows, confirmed.
 * - `growing`: grows, provisional: too few requests yet to tell a filling cache from a leak.
 * - `suspected`: a trend that is significant but not material or persistent enough.
 * - `plateau`: grew, then slowed down, as a cache does that fills to its bound.
 * - `step`: one jump explains the growth.
 * - `load_confounded`: grew together with the number of requests in flight.
 * - `stable`: no growth that matters.
 * - `insufficient`: not enough floors to say anything.
 */
export type Verdict =
  | 'leak'
  | 'growing'
  | 'suspected'
  | 'plateau'
  | 'step'
  | 'load_confounded'
  | 'stable'
  | 'insufficient';

/** Verdicts from the gravest to the least. `insufficient` is last: it claims nothing. */
export const VERDICTS: readonly Verdict[] = [
  'leak',
  'growing',
  'suspected',
  'load_confounded',
  'step',
  'plateau',
  'stable',
  'insufficient',
];

/** The memory that a trend is about. `native` is RSS minus V8's heap minus external memory. */
export type Channel = 'heap' | 'external' | 'native';

/** A closed interval; infinite ends mean that the data do not bound it. */
export type Interval = readonly [low: number, high: number];

/** The figures behind a verdict. */
export interface TrendEvidence {
  /** One-sided Mann-Kendall p-value over the whole window, and over its later half. */
  readonly pFull: number;
  readonly pTail: number;
  /** Theil-Sen slope times span, in bytes: the growth after warm-up, and in the later half. */
  readonly riseFullBytes: number;
  readonly riseTailBytes: number;
  /** Scatter of the floors around the trend, in bytes. */
  readonly noiseBytes: number;
  /** Slope of the last third over the steepest before it: 1 is steady, 0 is a plateau. */
  readonly decelerationRatio: number;
  /** Bytes that one request in flight holds, as estimated from the floors; 0 when not identifiable. */
  readonly loadBytesPerInFlight: number;
  /** Request at which growth began, when it did not begin with the window. */
  readonly onsetRequest?: number;
  /** The verdict in words. */
  readonly explanation: string;
}

/** The trend of one channel in one run. */
export interface Trend {
  readonly verdict: Verdict;
  /** Estimated growth per finished request, in MB. */
  readonly slopeMbPerRequest: number;
  /** 95 % rank interval of the slope, widened by the drift of healthy programs; infinite where it is not bounded. */
  readonly intervalMbPerRequest: Interval;
  readonly slopeMbPerHour: number;
  /** Number of floors. */
  readonly points: number;
  /** 1 - p: how surely memory grew. */
  readonly growthConfidence: number;
  /** Measured share of windows like this one that were leaks, given growth; 0 when the verdict is not of growth. */
  readonly leakProbability: number;
  /** If anything leaks, it is below this; present when the verdict is `stable`. */
  readonly belowBytesPerRequest?: number;
  /** For a growing trend: what it holds already if it is a cache. */
  readonly ifCache?: string;
  /** Hours until the heap limit at this rate; present for a growing heap. */
  readonly hoursToLimit?: number;
  readonly evidence: TrendEvidence;
}

/** Verdict of the reference's rule: linear regression with R^2 > 0.7, p < 0.05, > 0.01 MB/request, low variance. */
export interface ReferenceRule {
  readonly leakDetected: boolean;
  readonly slopeMbPerRequest: number;
  readonly rSquared: number;
  readonly pValue: number;
  /** Standard deviation over mean of the readings. */
  readonly coefficientOfVariation: number;
  readonly message: string;
}

/** A function of the latest detailed capture, with its history over all of them. */
export interface MemoryConsumer extends AllocationSite {
  /** Mean and largest `liveMb` over the captures that list the function. */
  readonly meanMb: number;
  readonly maxMb: number;
  /** Share of the live bytes that the latest capture lists, 0 to 1. */
  readonly share: number;
  /** Detailed captures that list the function. A capture lists the top few, so absence does not mean zero. */
  readonly captures: number;
}

/** A function whose live bytes grow over the detailed captures. `growthMb` is the slope times the requests spanned. */
export interface GrowingLocation extends AllocationSite {
  /** Theil-Sen slope of `liveMb` over the endpoint's requests, on the captures that list the function. */
  readonly growthMbPerRequest: number;
  readonly captures: number;
}

/** Range and quantiles of used heap over an endpoint's profiles. */
export interface MemoryRange {
  readonly memoryMinMb: number;
  readonly memoryMaxMb: number;
  readonly memoryMeanMb: number;
  readonly memoryMedianMb: number;
  readonly memoryP90Mb: number;
  readonly memoryP99Mb: number;
}

/** What is known of one endpoint. */
export interface EndpointAnalysis extends MemoryRange {
  readonly endpoint: string;
  readonly verdict: Verdict;
  /** True for `leak` only. */
  readonly leakDetected: boolean;
  readonly leakMessage: string;
  readonly requestCount: number;
  readonly errorCount: number;
  readonly latencyMedianMs: number;
  readonly latencyP99Ms: number;
  /** Growth attributed to this endpoint per request of its own; the process's rate when only one endpoint is known. */
  readonly growthRateMbPerRequest: number;
  readonly growthIntervalMbPerRequest: Interval;
  /** Share of the run's growth, 0 to 1; absent for a single file. */
  readonly share?: number;
  /** Endpoints whose requests rise and fall with this one's: the data cannot tell which of them grows. */
  readonly indistinguishableFrom?: readonly string[];
  readonly topConsumers: readonly MemoryConsumer[];
  readonly referenceRule: ReferenceRule;
  /** Stored records that could not be used: damaged, or with a NaN, infinite or negative field. */
  readonly skippedRecords: number;
}

/** A function whose live bytes grow, over all the stacks that it allocates from. */
export interface GrowingSite extends AllocationSite {
  /** `external` for a function whose small wrappers (Buffer, ArrayBuffer) multiply while external memory grows. */
  readonly channel: 'heap' | 'external';
  readonly growthMbPerRequest: number;
  /** Share of the growth whose stack holds the endpoint's own frame, by endpoint. */
  readonly endpoints: Readonly<Record<string, number>>;
}

/** How a run ended. */
export type RunEnding = 'clean' | 'killed' | 'near_heap_limit' | 'running';

/** What heaptide itself cost a run, as its timeline tells it. */
export interface RunOverhead extends Overhead {
  /** From the run's first entry to the one that tells the cost, in ms. */
  readonly elapsedMs: number;
  /** Floors of probes. */
  readonly probes: number;
}

/** One process or worker thread from its start to its end. */
export interface RunSummary {
  readonly run: string;
  readonly pid: number;
  readonly thread: number;
  /** Wall-clock ms since the epoch. */
  readonly started: number;
  readonly requests: number;
  /** Requests that do not finish: those open at a clean end; before that, at least as many as could be told. */
  readonly openRequests: number;
  readonly ended: RunEnding;
  /** Absent where no floor was recorded and the run did not end cleanly. */
  readonly overhead?: RunOverhead;
  /** What was alive when the heap was about to run out, where that happened. */
  readonly lastCapture?: LastCapture;
}

/** The analysis of a directory or of one file. `--json` prints it in snake_case as `heaptide.analysis/1`. */
export interface Analysis {
  readonly schema: 'heaptide.analysis/1';
  /** The gravest of the trends. */
  readonly verdict: Verdict;
  /**
   * How surely memory grew (1 - p) when the verdict is one of growth, the level of the interval that bounds the growth
   * when it is `stable`, 0 when it is `insufficient`.
   */
  readonly confidence: number;
  /** The verdict in one sentence. */
  readonly summary: string;
  /** The run that everything else describes comes first, the others follow, latest first. */
  readonly runs: readonly RunSummary[];
  readonly trends: Readonly<Record<Channel, Trend>>;
  readonly endpoints: readonly EndpointAnalysis[];
  /** Share of the growth that no endpoint accounts for, 0 to 1; 0 when nothing grows. */
  readonly unattributedShare: number;
  readonly growingSites: readonly GrowingSite[];
  readonly warnings: readonly string[];
}

/**
 * The analysis of one profile file: the whole, with one endpoint and no shares, and that endpoint's figures at the top
 * level too. `verdict` is the endpoint's; the trends are the process's.
 */
export interface FileAnalysis extends Analysis, EndpointAnalysis {}
