import { formatBytes, formatLive } from '../../analysis/units-in-words.js';
import type { GrowingSite } from '../../core/analysis-result.js';
import type { Excerpt } from '../../core/excerpt.js';
import { formatUtc } from '../../core/time-in-words.js';
import { mbToBytes } from '../../core/units.js';
import { formatCount, formatShare, placeOf, printable, shortFrame } from '../wording.js';
import { html, type Markup } from './html.js';
import { sparkline } from './sparkline.js';

/** A growing function with what a report shows of it. */
export interface ShownSite {
  readonly site: GrowingSite;
  /** Live bytes of all stacks through the function, at the floors. */
  readonly history: readonly number[];
  readonly excerpt: Excerpt | undefined;
}

/** Functions whose live memory grows. `total` counts those that are not shown too. */
export function siteSection(sites: {
  readonly shown: readonly ShownSite[];
  readonly total: number;
  /** When the last stacks were read: a file that is newer may have moved its functions. */
  readonly readAt: number;
}): Markup {
  const { shown, total, readAt } = sites;
  if (total === 0)
    return html`<section id="sites"><h2>Growing functions</h2><p>No function's live memory grows.</p></section>`;
  const more = total - shown.length;
  return html`<section id="sites">
<h2>Growing functions</h2>
<p class="note">Estimated from samples. In parentheses, the 95 % interval that sampling implies. A function is named by where it starts: V8's sampler does not know lines.</p>
${shown.map((site, index) => siteCard(site, { isOpen: index === 0, readAt }))}
${more > 0 ? html`<p class="note">${formatCount(more)} more functions grow less; heaptide analyze --growth ${total} lists them.</p>` : undefined}
</section>`;
}

function siteCard(
  { site, history, excerpt }: ShownSite,
  { isOpen, readAt }: { readonly isOpen: boolean; readonly readAt: number },
): Markup {
  const size = (mb: number) => formatBytes(mbToBytes(mb));
  const endpoints = Object.entries(site.endpoints);
  return html`<details class="site"${isOpen ? html` open` : undefined}>
<summary>
<span class="name"><code>${printable(site.function)}</code> <span class="place">${placeOf(site)}</span></span>
${sparkline(history)}
<span class="size"><strong>+${size(site.growthMb)}</strong> live ${formatLive(site)}</span>
</summary>
<p>${formatBytes(mbToBytes(site.growthMbPerRequest))} per request, ${formatCount(Math.round(site.liveCount))} live objects${
    site.channel === 'external'
      ? '. Its Buffers grow outside the heap; these sizes are of the small objects that hold them'
      : ''
  }. ${endpoints.length > 0 ? html`Called by ${endpoints.map(([name, share], index) => html`${index > 0 ? ', ' : ''}<code>${printable(name)}</code> (${formatShare(share)})`)}.` : 'No endpoint is on its stacks: it runs in a callback or a timer.'}</p>
${excerpt === undefined ? undefined : excerptBlock(excerpt, { line: site.line, readAt })}
${site.stack.length > 0 ? html`<ol class="stack">${site.stack.map((frame) => html`<li><code title="${printable(frame)}">${printable(shortFrame(frame))}</code></li>`)}</ol>` : undefined}
</details>`;
}

function excerptBlock(
  excerpt: Excerpt,
  { line, readAt }: { readonly line: number; readonly readAt: number },
): Markup {
  const rows = excerpt.lines.map((text, index) => {
    const number = excerpt.firstLine + index;
    return html`<span class="line${number === line ? ' start' : ''}"><span class="at">${number}</span>${text}
</span>`;
  });
  const isNewer = excerpt.changed > readAt;
  return html`<pre class="source">${rows}</pre>
${isNewer ? html`<p class="note">The file changed after this profile, at ${formatUtc(excerpt.changed)}: the function may stand elsewhere now.</p>` : undefined}`;
}
