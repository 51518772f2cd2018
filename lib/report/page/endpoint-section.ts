import { type Analysis, type EndpointAnalysis, VERDICTS } from '../../core/analysis-result.js';
import { growthOf } from '../figures.js';
import { formatCount, formatShare, printable } from '../wording.js';
import { html, type Markup } from './html.js';
import { verdictBadge } from './verdict-section.js';

/** Rows of the table, at most. */
const MAX_ENDPOINTS = 200;

const TITLES = [
  { title: 'Endpoint', isNumber: false },
  { title: 'Verdict', isNumber: false },
  { title: 'Requests', isNumber: true },
  { title: 'Growth (95 % interval)', isNumber: true },
  { title: 'Share of growth', isNumber: true },
  { title: 'Median', isNumber: true },
  { title: 'p99', isNumber: true },
  { title: 'Errors', isNumber: true },
];

/** The endpoints, the gravest first, and the share of the growth that none of them accounts for. */
export function endpointSection({ endpoints, unattributedShare }: Analysis): Markup {
  const shown = endpoints.slice(0, MAX_ENDPOINTS);
  const more = endpoints.length - shown.length;
  const hasShares = endpoints.some(({ share }) => share !== undefined);
  return html`<section id="endpoints">
<h2>Endpoints</h2>
<div class="scroll"><table class="sortable">
<thead><tr>${TITLES.map(({ title, isNumber }) => html`<th scope="col"${isNumber ? html` class="number"` : undefined}><button type="button">${title}</button></th>`)}</tr></thead>
<tbody>${shown.map(endpointRow)}</tbody>
${hasShares ? html`<tfoot><tr><td colspan="4">Unattributed: timers, connections, code that is not profiled</td><td class="number">${shareCell(unattributedShare)}</td><td colspan="3"></td></tr></tfoot>` : undefined}
</table></div>
${more > 0 ? html`<p class="note">${formatCount(more)} more endpoints are left out; heaptide analyze --json lists them all.</p>` : undefined}
</section>`;
}

function endpointRow(endpoint: EndpointAnalysis): Markup {
  const { verdict, requestCount, errorCount, share, latencyMedianMs, latencyP99Ms } = endpoint;
  return html`<tr>
<th scope="row" data-sort="${endpoint.endpoint}"><code>${printable(endpoint.endpoint)}</code></th>
<td data-sort="${VERDICTS.indexOf(verdict)}">${verdictBadge(verdict)}</td>
<td class="number" data-sort="${requestCount}">${formatCount(requestCount)}</td>
<td class="number" data-sort="${endpoint.growthRateMbPerRequest}">${growthOf(endpoint)}</td>
<td class="number" data-sort="${share ?? -1}">${share === undefined ? '' : shareCell(share)}</td>
<td class="number" data-sort="${latencyMedianMs}">${formatMs(latencyMedianMs)}</td>
<td class="number" data-sort="${latencyP99Ms}">${formatMs(latencyP99Ms)}</td>
<td class="number" data-sort="${errorCount}">${formatCount(errorCount)}</td>
</tr>`;
}

function shareCell(share: number): Markup {
  const percent = Math.round(100 * Math.min(1, Math.max(0, share)));
  return html`<span class="bar"><span style="width:${percent}%"></span></span> ${formatShare(share)}`;
}

/** A duration with three significant digits at most. */
function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '';
  return `${ms >= 100 ? Math.round(ms) : Number(ms.toPrecision(2))} ms`;
}
