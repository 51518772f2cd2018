import { gravestChannel } from '../analysis/gravity.js';
import { formatBytes, formatRate } from '../analysis/units-in-words.js';
import type {
  Analysis,
  Channel,
  FileAnalysis,
  RunSummary,
  Trend,
} from '../core/analysis-result.js';
import { mbToBytes } from '../core/units.js';
import { type Layout, verdictColor } from './layout.js';
import { formatCount, printable, VERDICT_WORDS, wrap } from './wording.js';

/** Width of the labels at the left. */
const LABEL_WIDTH = 12;

/** Keeps a number and its unit on one line. */
const UNBROKEN_SPACE = '\u00a0';

const CHANNELS: readonly Channel[] = ['heap', 'external', 'native'];

/** The figures behind the verdict, a line for each. */
export function keyFigures(analysis: Analysis | FileAnalysis, layout: Layout): string {
  const channel = gravestChannel(analysis.trends);
  const trend = analysis.trends[channel];
  const file = 'endpoint' in analysis && analysis.requestCount > 0 ? analysis : undefined;
  const figures: readonly (readonly [label: string, text: string | undefined])[] = [
    ['Process', processRate(trend, channel)],
    ['Confidence', confidence(trend)],
    ['Evidence', trend.evidence.explanation],
    // A confirmed leak does not need it.
    ['Or a cache?', trend.verdict === 'growing' ? trend.ifCache : undefined],
    ['Trends', trends(analysis, layout)],
    ['Memory', file && memoryRange(file)],
    ['Regression', file?.referenceRule.message],
    ['Run', analysis.runs[0] && describeRun(analysis.runs[0], analysis.runs.length)],
  ];
  return figures
    .flatMap(([label, text]) => (text === undefined ? [] : labeled(label, text, layout)))
    .join('\n');
}

function labeled(label: string, text: string, { width, colors }: Layout): readonly string[] {
  // Colored text is short by construction and must not be cut.
  const lines = text.includes('\u001b') ? [text] : wrap(printable(text), width - LABEL_WIDTH);
  return lines.map((line, index) => {
    const start = index === 0 ? label : '';
    return `${colors.dim(start.padEnd(LABEL_WIDTH))}${line}`;
  });
}

function processRate(trend: Trend, channel: Channel): string | undefined {
  if (trend.verdict !== 'leak' && trend.verdict !== 'growing') return undefined;
  const rate = formatRate(trend.slopeMbPerRequest, trend.intervalMbPerRequest);
  const limit = trend.hoursToLimit;
  const end = limit === undefined ? '' : `; the heap limit is reached in ${formatHours(limit)}`;
  return `${rate} of ${channel} memory, ${formatBytes(mbToBytes(trend.slopeMbPerHour))}/hour${end}`;
}

function formatHours(hours: number): string {
  if (hours >= 48) return `${formatCount(Math.round(hours / 24))} days`;
  return hours >= 1 ? `${hours.toFixed(1)} hours` : `${Math.ceil(hours * 60)} minutes`;
}

function confidence({ verdict, growthConfidence, leakProbability }: Trend): string | undefined {
  if (verdict !== 'leak' && verdict !== 'growing') return undefined;
  return `${percent(growthConfidence)} that memory grew; of runs that grow like this, ${percent(leakProbability)} leak`;
}

/** Rounded down, and never certain. */
function percent(share: number): string {
  if (share > 0.999) return `more than 99.9${UNBROKEN_SPACE}%`;
  return `${Math.floor(share * 1000) / 10}${UNBROKEN_SPACE}%`;
}

function trends({ trends: all }: Analysis, { colors }: Layout): string {
  return CHANNELS.map((channel) => {
    const { verdict } = all[channel];
    return `${channel} ${verdictColor(verdict, colors)(VERDICT_WORDS[verdict])}`;
  }).join(', ');
}

function memoryRange(file: FileAnalysis): string {
  const mb = (value: number) => value.toFixed(1);
  const range = `${mb(file.memoryMinMb)}-${mb(file.memoryMaxMb)} MB used heap`;
  const middle = `mean ${mb(file.memoryMeanMb)}, median ${mb(file.memoryMedianMb)}`;
  return `${range}, ${middle}, p90 ${mb(file.memoryP90Mb)}, p99 ${mb(file.memoryP99Mb)}`;
}

function describeRun(run: RunSummary, count: number): string {
  const started = new Date(run.started).toISOString().slice(0, 19).replace('T', ' ');
  const others = count === 1 ? '' : `; ${count - 1} other${count === 2 ? '' : 's'}`;
  const requests = `${formatCount(run.requests)} requests`;
  const pid = run.pid === 0 ? '' : ` (pid ${run.pid})`;
  return `${run.run}${pid}, ${requests} since ${started} UTC, ${ENDINGS[run.ended]}${others}`;
}

const ENDINGS: Readonly<Record<RunSummary['ended'], string>> = {
  clean: 'ended cleanly',
  killed: 'killed',
  near_heap_limit: 'near its heap limit',
  running: 'still running',
};
