import { gravestChannel } from '../../analysis/gravity.js';
import { formatRate } from '../../analysis/units-in-words.js';
import type {
  Analysis,
  EndpointAnalysis,
  GrowingSite,
  Interval,
  Trend,
  Verdict,
} from '../../core/analysis-result.js';
import { shortPath, VERDICT_WORDS } from '../wording.js';

/**
 * What became of something from one capture to another.
 *
 * - `worse`: it grows and did not, or grows faster beyond the intervals.
 * - `better`: the reverse.
 * - `same`: neither can be said.
 * - `unknown`: one of the captures says too little.
 */
export type Change = 'worse' | 'better' | 'same' | 'unknown';

/** Something that grows or does not, at two times. Absent where it was not seen. */
export interface Compared<T> {
  readonly name: string;
  readonly change: Change;
  readonly before?: T;
  readonly after?: T;
}

/** Two captures of a service side by side. */
export interface Comparison {
  readonly change: Change;
  /** The change in one sentence. */
  readonly conclusion: string;
  readonly before: Analysis;
  readonly after: Analysis;
  /** Those that changed first, the worse before the better. */
  readonly endpoints: readonly Compared<EndpointAnalysis>[];
  readonly sites: readonly Compared<GrowingSite>[];
}

/** Compares two captures, for instance from before and after a deployment. */
export function compare(before: Analysis, after: Analysis): Comparison {
  const change = changeOfTrend(worstTrend(before), worstTrend(after));
  const endpoints = pair(before.endpoints, after.endpoints, {
    nameOf: ({ endpoint }) => endpoint,
    changeOf: changeOfEndpoint,
  });
  const sites = pair(before.growingSites, after.growingSites, {
    nameOf: siteName,
    changeOf: changeOfSite,
  });
  const conclusion = conclude({ change, before, after, endpoints });
  return { change, conclusion, before, after, endpoints, sites };
}

/** What a growth is judged by. */
interface Growth {
  readonly verdict: Verdict;
  readonly rate: number;
  readonly interval: Interval;
}

function worstTrend({ trends }: Analysis): Trend {
  return trends[gravestChannel(trends)];
}

function changeOfTrend(before: Trend, after: Trend): Change {
  const growth = (trend: Trend): Growth => ({
    verdict: trend.verdict,
    rate: trend.slopeMbPerRequest,
    interval: trend.intervalMbPerRequest,
  });
  return changeOf(growth(before), growth(after));
}

/** An endpoint that was not seen did not grow. */
function changeOfEndpoint(before?: EndpointAnalysis, after?: EndpointAnalysis): Change {
  const growth = (endpoint: EndpointAnalysis | undefined): Growth => ({
    verdict: endpoint?.verdict ?? 'stable',
    rate: endpoint?.growthRateMbPerRequest ?? 0,
    interval: endpoint?.growthIntervalMbPerRequest ?? [0, 0],
  });
  return changeOf(growth(before), growth(after));
}

function changeOf(before: Growth, after: Growth): Change {
  if (before.verdict === 'insufficient' || after.verdict === 'insufficient') return 'unknown';
  const grew = isGrowth(before.verdict);
  const grows = isGrowth(after.verdict);
  if (grows !== grew) return grows ? 'worse' : 'better';
  if (!grows) return 'same';
  if (after.interval[0] > before.interval[1]) return 'worse';
  return after.interval[1] < before.interval[0] ? 'better' : 'same';
}

function isGrowth(verdict: Verdict): boolean {
  return verdict === 'leak' || verdict === 'growing';
}

/** Growth per request with two standard deviations of sampling to either side. */
function changeOfSite(before?: GrowingSite, after?: GrowingSite): Change {
  if (before === undefined) return 'worse';
  if (after === undefined) return 'better';
  const [, most] = siteInterval(before);
  const [least, upper] = siteInterval(after);
  if (least > most) return 'worse';
  return upper < siteInterval(before)[0] ? 'better' : 'same';
}

function siteInterval({ growthMbPerRequest, growthMb, liveSdMb }: GrowingSite): Interval {
  const relative = growthMb > 0 ? (2 * liveSdMb) / growthMb : 0;
  return [growthMbPerRequest * (1 - relative), growthMbPerRequest * (1 + relative)];
}

/** A function by its name and file: lines move from one deployment to the next, and folders do. */
function siteName(site: GrowingSite): string {
  return site.file === '' ? site.function : `${site.function} (${shortPath(site.file)})`;
}

const ORDER: readonly Change[] = ['worse', 'better', 'unknown', 'same'];

function pair<T>(
  before: readonly T[],
  after: readonly T[],
  by: {
    readonly nameOf: (item: T) => string;
    readonly changeOf: (before?: T, after?: T) => Change;
  },
): readonly Compared<T>[] {
  const old = new Map(before.map((item) => [by.nameOf(item), item]));
  const present = new Map(after.map((item) => [by.nameOf(item), item]));
  const names = [...new Set([...present.keys(), ...old.keys()])];
  const compared = names.map((name): Compared<T> => {
    const was = old.get(name);
    const is = present.get(name);
    return {
      name,
      change: by.changeOf(was, is),
      ...(was !== undefined && { before: was }),
      ...(is !== undefined && { after: is }),
    };
  });
  return compared.sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
}

function conclude(comparison: Omit<Comparison, 'conclusion' | 'sites'>): string {
  const { change, before, after, endpoints } = comparison;
  const was = VERDICT_WORDS[before.verdict];
  switch (change) {
    case 'worse':
      return `Worse: ${after.summary} (before: ${was}${rateOf(before)})${newly(endpoints)}`;
    case 'better':
      return isGrowth(after.verdict)
        ? `Better, but not good: ${after.summary} (before: ${was}${rateOf(before)})`
        : `Better: ${VERDICT_WORDS[after.verdict]} now (before: ${before.summary})`;
    case 'same':
      return isGrowth(after.verdict)
        ? `No difference that can be told: ${after.summary} (before: ${was}${rateOf(before)})${newly(endpoints)}`
        : `No difference: ${VERDICT_WORDS[after.verdict]} now, ${was} before`;
    case 'unknown': {
      const side = after.verdict === 'insufficient' ? 'second' : 'first';
      return `Cannot be told: the ${side} capture has too few major-GC floors`;
    }
  }
}

function rateOf({ trends, verdict }: Analysis): string {
  if (!isGrowth(verdict)) return '';
  const { slopeMbPerRequest, intervalMbPerRequest } = trends[gravestChannel(trends)];
  return `, ${formatRate(slopeMbPerRequest, intervalMbPerRequest)}`;
}

/** A service can leak as before in all, and from another endpoint. */
function newly(endpoints: Comparison['endpoints']): string {
  const names = endpoints.filter(({ change }) => change === 'worse').map(({ name }) => name);
  return names.length === 0 ? '' : `; worse than before: ${names.join(', ')}`;
}
