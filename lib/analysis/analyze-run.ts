import type {
  Channel,
  EndpointAnalysis,
  GrowingSite,
  Trend,
  Verdict,
} from '../core/analysis-result.js';
import { frameKey } from '../core/stack-frame.js';
import type { StackEntry } from '../core/timeline.js';
import { attributeRun, type Blame, type RunAttribution } from './blame/attribute-run.js';
import type { StackFindings } from './blame/stack-evidence.js';
import { describeEndpoint, processBlame } from './describe-endpoint.js';
import { compareGravity, gravestChannel, growingChannels, runVerdict } from './gravity.js';
import { type EndpointRecords, RunRecords } from './profiles/run-records.js';
import type { RunHistory } from './run/run-history.js';
import { capturedSites } from './sites/captured-sites.js';
import { type EndpointHandler, endpointFrames } from './sites/endpoint-frames.js';
import { growthByEndpoint } from './sites/endpoint-growth.js';
import { findExternalSites, findGrowingSites, type SiteEvidence } from './sites/growing-sites.js';
import { mergeStacks } from './sites/merge-stacks.js';
import { toSiteHistory } from './sites/stack-series.js';

/** Growth of the heap that wrappers of external memory explain, as a share of the external growth. */
const MAX_WRAPPER_SHARE = 0.1;

/** Everything that is known of one run. */
export interface RunEvidence {
  readonly history: RunHistory;
  readonly trends: Readonly<Record<Channel, Trend>>;
  /** The stacks that the timeline refers to, of this run. */
  readonly stacks: readonly StackEntry[];
  readonly handlers: readonly EndpointHandler[];
  readonly records: readonly EndpointRecords[];
}

/** What the evidence says. */
export interface RunFindings {
  readonly verdict: Verdict;
  readonly trends: Readonly<Record<Channel, Trend>>;
  readonly endpoints: readonly EndpointAnalysis[];
  readonly sites: readonly GrowingSite[];
  readonly unattributedShare: number;
}

/** Analyzes one run: which endpoints make its memory grow, and in which functions. */
export function analyzeRun(evidence: RunEvidence): RunFindings {
  const { history, trends } = evidence;
  const stacks = findStacks(evidence);
  const attribution = attributeRun({ windows: history.windows, trends, stacks });
  const names = new Set([
    ...history.finished.keys(),
    ...evidence.records.filter(({ runs }) => runs.has(history.run)).map(({ endpoint }) => endpoint),
  ]);
  const endpoints = [...names].map((endpoint) =>
    describeOne(endpoint, evidence, blameFor(endpoint, { attribution, trends, known: names.size })),
  );
  return {
    verdict: runVerdict(trends),
    trends,
    endpoints: endpoints.sort(bySuspicion),
    sites: stacks.sites,
    unattributedShare: unattributed(attribution, trends, names.size),
  };
}

function findStacks(run: RunEvidence): StackFindings {
  const { history, trends, stacks, handlers } = run;
  if (history.sites.length === 0) {
    return { sites: capturedSites(run.records, history.run) };
  }
  const merged = mergeStacks(toSiteHistory(history.sites, stacks));
  const evidence = { history: merged, endpoints: endpointFrames(handlers) };
  const heapGrowth = growthByEndpoint(evidence, history.windows);
  return { sites: findSites(evidence, trends), ...(heapGrowth && { heapGrowth }) };
}

function findSites(evidence: SiteEvidence, trends: RunEvidence['trends']): readonly GrowingSite[] {
  const growing = growingChannels(trends);
  const riseOf = (channel: Channel) =>
    growing.includes(channel) ? trends[channel].evidence.riseFullBytes : 0;
  const rise = riseOf('heap');
  const ownRise = rise > MAX_WRAPPER_SHARE * riseOf('external') ? rise : 0;
  const external = growing.includes('external') ? findExternalSites(evidence, ownRise) : [];
  const wrapping = new Set(external.map(frameKey));
  const heap = findGrowingSites(evidence, rise).filter((site) => !wrapping.has(frameKey(site)));
  return riseOf('external') > rise ? [...external, ...heap] : [...heap, ...external];
}

function describeOne(
  endpoint: string,
  { history, records }: RunEvidence,
  blame: Blame,
): EndpointAnalysis {
  const own = records.find((candidate) => candidate.endpoint === endpoint);
  return describeEndpoint({
    endpoint,
    records: own?.of(history.run) ?? new RunRecords(0),
    finished: history.finished.get(endpoint) ?? 0,
    skipped: own?.skipped ?? 0,
    blame,
  });
}

/** Without windows to compare, only an endpoint that is alone can be judged. */
function blameFor(
  endpoint: string,
  run: {
    readonly attribution: RunAttribution | undefined;
    readonly trends: RunEvidence['trends'];
    readonly known: number;
  },
): Blame {
  const blame = run.attribution?.endpoints.get(endpoint);
  if (blame !== undefined) return blame;
  const trend = run.trends[gravestChannel(run.trends)];
  const isAlone = run.attribution === undefined && run.known === 1;
  if (isAlone) return processBlame(trend);
  return {
    verdict: growingChannels(run.trends).length > 0 ? 'insufficient' : trend.verdict,
    bytesPerRequest: 0,
    interval: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    indistinguishableFrom: [],
  };
}

function unattributed(
  attribution: RunAttribution | undefined,
  trends: RunEvidence['trends'],
  known: number,
): number {
  if (attribution !== undefined) return attribution.unattributedShare;
  return known > 1 && growingChannels(trends).length > 0 ? 1 : 0;
}

/** The gravest first; among equals, by share and by requests. */
function bySuspicion(a: EndpointAnalysis, b: EndpointAnalysis): number {
  return (
    compareGravity(a.verdict, b.verdict) ||
    (b.share ?? 0) - (a.share ?? 0) ||
    b.requestCount - a.requestCount
  );
}
