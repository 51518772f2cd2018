import { CHANNELS, gravestChannel, growingChannels } from '../analysis/gravity.js';
import { formatBytes, formatRate } from '../analysis/units-in-words.js';
import type {
  Analysis,
  Channel,
  EndpointAnalysis,
  FileAnalysis,
  RunOverhead,
  RunSummary,
  Trend,
} from '../core/analysis-result.js';
import { formatUtc } from '../core/time-in-words.js';
import { mbToBytes } from '../core/units.js';
import { probesInWords, readingInWords } from './overhead.js';
import { formatCount, VERDICT_WORDS } from './wording.js';

/** A figure behind a verdict, in words. */
export interface Figure {
  readonly label: string;
  readonly text: string;
}

/** Keeps a number and its unit on one line. */
const UNBROKEN_SPACE = '\u00a0';

/** The figures behind the verdict, the most telling first. */
export function listFigures(analysis: Analysis | FileAnalysis): readonly Figure[] {
  const { trends, runs } = analysis;
  const trend = trends[gravestChannel(trends)];
  const file = 'endpoint' in analysis && analysis.requestCount > 0 ? analysis : undefined;
  const figures: readonly (readonly [label: string, text: string | undefined])[] = [
    ['Growth', growthOfProcess(trends)],
    ['Since', growsSince(trend)],
    ['Heap limit', limitReached(trends.heap, runs[0])],
    ['Confidence', confidence(trend)],
    ['Evidence', trend.evidence.explanation],
    // A confirmed leak does not need it.
    ['Or a cache?', trend.verdict === 'growing' ? trend.ifCache : undefined],
    ['Trends', trendsInWords(trends)],
    ['Memory', file && memoryRange(file)],
    ['Regression', file?.referenceRule.message],
    ['Run', runs[0] && describeRun(runs[0], runs.length)],
    ['Overhead', runs[0]?.overhead && describeOverhead(runs[0].overhead)],
  ];
  return figures.flatMap(([label, text]) => (text === undefined ? [] : { label, text }));
}

/** An endpoint's growth with its interval. */
export function growthOf(endpoint: EndpointAnalysis): string {
  const { growthRateMbPerRequest, growthIntervalMbPerRequest } = endpoint;
  if (!Number.isFinite(growthIntervalMbPerRequest[1])) return 'not known';
  if (growthIntervalMbPerRequest[1] <= 0) return 'none';
  return formatRate(growthRateMbPerRequest, growthIntervalMbPerRequest);
}

function isGrowing({ verdict }: Trend): boolean {
  return verdict === 'leak' || verdict === 'growing';
}

function growthOfProcess(trends: Analysis['trends']): string | undefined {
  const growing = growingChannels(trends).filter((channel) => isGrowing(trends[channel]));
  if (growing.length === 0) return undefined;
  return growing.map((channel) => growthOfChannel(channel, trends[channel])).join('; ');
}

function growthOfChannel(channel: Channel, trend: Trend): string {
  const rate = formatRate(trend.slopeMbPerRequest, trend.intervalMbPerRequest);
  return `${channel} ${rate}, ${formatBytes(mbToBytes(trend.slopeMbPerHour))}/hour`;
}

function growsSince(trend: Trend): string | undefined {
  if (!isGrowing(trend)) return undefined;
  const { onsetRequest } = trend.evidence;
  return onsetRequest === undefined
    ? 'the start of the run'
    : `request ${formatCount(onsetRequest)} or so`;
}

function limitReached(heap: Trend, run: RunSummary | undefined): string | undefined {
  if (!isGrowing(heap) || heap.hoursToLimit === undefined) return undefined;
  // A run that is over goes on at no rate.
  if (run?.ended === 'near_heap_limit') return 'the run died near it';
  if (run?.ended !== 'running' && run?.lastCapture !== undefined) return 'the run came near it';
  return `reached in ${formatHours(heap.hoursToLimit)} at this rate`;
}

/** A time span in the unit that fits it. */
function formatHours(hours: number): string {
  if (hours >= 48) return `${formatCount(Math.round(hours / 24))} days`;
  if (hours >= 1) return `${hours.toFixed(1)} hours`;
  const minutes = Math.ceil(hours * 60);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
}

function confidence(trend: Trend): string | undefined {
  if (!isGrowing(trend)) return undefined;
  const { growthConfidence, leakProbability } = trend;
  return `${percent(growthConfidence)} that memory grew; of runs that grow like this, ${percent(leakProbability)} leak`;
}

/** Rounded down, and never certain. */
function percent(share: number): string {
  if (share > 0.999) return `more than 99.9${UNBROKEN_SPACE}%`;
  return `${Math.floor(share * 1000) / 10}${UNBROKEN_SPACE}%`;
}

function trendsInWords(trends: Analysis['trends']): string {
  return CHANNELS.map((channel) => `${channel} ${VERDICT_WORDS[trends[channel].verdict]}`).join(
    ', ',
  );
}

function memoryRange(file: FileAnalysis): string {
  const mb = (value: number) => value.toFixed(1);
  const range = `${mb(file.memoryMinMb)}-${mb(file.memoryMaxMb)} MB used heap`;
  const middle = `mean ${mb(file.memoryMeanMb)}, median ${mb(file.memoryMedianMb)}`;
  return `${range}, ${middle}, p90 ${mb(file.memoryP90Mb)}, p99 ${mb(file.memoryP99Mb)}`;
}

function describeRun(run: RunSummary, count: number): string {
  const others = count === 1 ? '' : `; ${count - 1} other${count === 2 ? '' : 's'}`;
  const requests = `${formatCount(run.requests)} requests`;
  const pid = run.pid === 0 ? '' : ` (pid ${run.pid})`;
  return `${run.run}${pid}, ${requests} since ${formatUtc(run.started)}, ${ENDINGS[run.ended]}${others}`;
}

function describeOverhead(overhead: RunOverhead): string {
  return `probes: ${probesInWords(overhead)}; reading stacks: ${readingInWords(overhead)}`;
}

const ENDINGS: Readonly<Record<RunSummary['ended'], string>> = {
  clean: 'ended cleanly',
  killed: 'killed',
  near_heap_limit: 'died near its heap limit',
  running: 'still running',
};
