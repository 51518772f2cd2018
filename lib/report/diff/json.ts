import type { Analysis, EndpointAnalysis, GrowingSite } from '../../core/analysis-result.js';
import type { Compared, Comparison } from './compare.js';

/** The comparison as JSON text, schema `heaptide.diff/1`. What bounds nothing is `null`. */
export function comparisonToJson({
  change,
  conclusion,
  before,
  after,
  endpoints,
  sites,
}: Comparison): string {
  const report = {
    schema: 'heaptide.diff/1',
    change,
    conclusion,
    before: sideJson(before),
    after: sideJson(after),
    endpoints: endpoints.map((one) => comparedJson(one, 'endpoint', endpointJson)),
    sites: sites.map((one) => comparedJson(one, 'site', growingSiteJson)),
  };
  return JSON.stringify(report, null, 2);
}

function sideJson({ verdict, summary, trends, runs }: Analysis): object {
  return {
    verdict,
    summary,
    run: runs[0]?.run ?? null,
    requests: runs[0]?.requests ?? 0,
    trends: Object.fromEntries(
      Object.entries(trends).map(([channel, trend]) => [
        channel,
        {
          verdict: trend.verdict,
          slope_mb_per_request: trend.slopeMbPerRequest,
          interval_mb_per_request: trend.intervalMbPerRequest,
        },
      ]),
    ),
  };
}

function comparedJson<T>(
  { name, change, before, after }: Compared<T>,
  kind: 'endpoint' | 'site',
  describe: (item: T) => object,
): object {
  return {
    [kind]: name,
    change,
    before: before === undefined ? null : describe(before),
    after: after === undefined ? null : describe(after),
  };
}

function endpointJson(endpoint: EndpointAnalysis): object {
  return {
    verdict: endpoint.verdict,
    growth_rate_mb_per_request: endpoint.growthRateMbPerRequest,
    growth_interval_mb_per_request: endpoint.growthIntervalMbPerRequest,
  };
}

function growingSiteJson(site: GrowingSite): object {
  return {
    file: site.file,
    line: site.line,
    column: site.column,
    growth_mb_per_request: site.growthMbPerRequest,
    live_mb: site.liveMb,
    live_sd_mb: site.liveSdMb,
  };
}
