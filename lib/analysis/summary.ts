import type { Channel, EndpointAnalysis, GrowingSite, Trend } from '../core/analysis-result.js';
import { gravestChannel, growingChannels } from './gravity.js';
import { formatBytes, formatRate } from './units-in-words.js';

/** Share of a site's growth under an endpoint's frame that makes it the endpoint's. */
const MIN_SITE_SHARE = 0.1;

/** What a summary is made from. */
export interface Findings {
  readonly trends: Readonly<Record<Channel, Trend>>;
  readonly endpoints: readonly EndpointAnalysis[];
  readonly sites: readonly GrowingSite[];
}

const SUBJECTS: Readonly<Record<Channel, string>> = {
  heap: 'The heap',
  external: 'External memory (Buffers)',
  native: 'Native memory',
};

/** The verdict in one sentence, without a full stop. */
export function summarize(findings: Findings): string {
  const channel = gravestChannel(findings.trends);
  const trend = findings.trends[channel];
  const subject = SUBJECTS[channel];
  switch (trend.verdict) {
    case 'leak':
      return summarizeGrowth(findings, 'leaks');
    case 'growing':
      return `${summarizeGrowth(findings, 'grows by')}; too early to tell a leak from a cache that fills`;
    case 'suspected':
      return `${subject} may grow by ${formatRate(trend.slopeMbPerRequest, trend.intervalMbPerRequest)}, too unevenly to call it a leak`;
    case 'load_confounded':
      return `${subject} grew together with the requests in flight: a leak can be neither shown nor excluded`;
    case 'step':
      return `${subject} rose in one step and has held since: no leak`;
    case 'plateau':
      return `${subject} grew and leveled off, as a cache does that fills to its bound: no leak`;
    case 'stable':
      return `No leak: memory is stable${certificate(findings.trends.heap)}`;
    case 'insufficient':
      return `Too few major-GC floors to tell: ${trend.points}`;
  }
}

function certificate({ belowBytesPerRequest }: Trend): string {
  if (belowBytesPerRequest === undefined) return '';
  return `; if the heap leaks at all, it is below ${formatBytes(belowBytesPerRequest)}/request`;
}

function summarizeGrowth(findings: Findings, verb: 'leaks' | 'grows by'): string {
  const verdict = verb === 'leaks' ? 'leak' : 'growing';
  const named = findings.endpoints.filter((endpoint) => endpoint.verdict === verdict);
  const parts = named.map((endpoint) => {
    const rate = formatRate(endpoint.growthRateMbPerRequest, endpoint.growthIntervalMbPerRequest);
    return {
      endpoint: endpoint.endpoint,
      rest: `${rate}${retainedBy(siteOf(endpoint, findings))}`,
    };
  });
  const [first] = parts;
  if (first === undefined) return summarizeProcess(findings, verb);
  if (parts.length === 1) return `${first.endpoint || 'The endpoint'} ${verb} ${first.rest}`;
  const list = parts.map(({ endpoint, rest }) => `${endpoint} ${rest}`).join('; ');
  return `${parts.length} endpoints ${verb === 'leaks' ? 'leak' : 'grow'}: ${list}`;
}

function summarizeProcess(findings: Findings, verb: string): string {
  const { trends, sites, endpoints } = findings;
  const channel = gravestChannel(trends);
  const { slopeMbPerRequest, intervalMbPerRequest } = trends[channel];
  const site = sites.find((candidate) => candidate.channel === channel);
  const rate = formatRate(slopeMbPerRequest, intervalMbPerRequest);
  const suspects = endpoints
    .filter(({ indistinguishableFrom }) => indistinguishableFrom !== undefined)
    .map(({ endpoint }) => endpoint);
  const who =
    suspects.length > 0
      ? `by one of ${suspects.join(', ')}, whose requests rise and fall together`
      : 'no single endpoint accounts for it';
  return `The process ${verb} ${rate}${retainedBy(site)}; ${who}`;
}

/**
 * The site with most of the growth under the endpoint's own frame. A site without any endpoint's frame grew in a
 * callback, and is the endpoint's only when no other endpoint grows.
 */
function siteOf(endpoint: EndpointAnalysis, findings: Findings): GrowingSite | undefined {
  const { trends, sites, endpoints } = findings;
  const channels: readonly Channel[] = growingChannels(trends);
  const relevant = sites.filter(({ channel }) => channels.includes(channel));
  const growthUnder = (site: GrowingSite) =>
    site.growthMb * (site.endpoints[endpoint.endpoint] ?? 0);
  const own = relevant
    .filter((site) => (site.endpoints[endpoint.endpoint] ?? 0) >= MIN_SITE_SHARE)
    .toSorted((a, b) => growthUnder(b) - growthUnder(a));
  const nobodys = sites.filter(
    (site) => site.channel === gravestChannel(trends) && Object.keys(site.endpoints).length === 0,
  );
  const growing = endpoints.filter(({ verdict }) => verdict === endpoint.verdict);
  return own[0] ?? (growing.length === 1 ? nobodys[0] : undefined);
}

function retainedBy(site: GrowingSite | undefined): string {
  if (site === undefined) return '';
  const how = site.channel === 'external' ? 'in Buffers made by' : 'retained by';
  return `, ${how} ${site.function}${formatPlace(site)}`;
}

function formatPlace({ file, line, column }: GrowingSite): string {
  if (file === '') return '';
  const base = file.split(/[\\/]/).at(-1) ?? file;
  return ` (${base}:${line}:${column})`;
}
