import { createHash } from 'node:crypto';
import type { Evidence } from '../../analysis/analyze-evidence.js';
import type { Analysis, GrowingSite } from '../../core/analysis-result.js';
import type { Excerpt } from '../../core/excerpt.js';
import { formatUtc } from '../../core/time-in-words.js';
import { type LiveMemory, readLiveMemory } from '../live-memory.js';
import { formatCount, printable, VERDICT_WORDS } from '../wording.js';
import { costSection } from './cost-section.js';
import { endpointSection } from './endpoint-section.js';
import { html, jsonScript, Markup } from './html.js';
import { toIcicle } from './icicle.js';
import { toGcSeries, toMemorySeries } from './memory-series.js';
import type { PageData } from './page-data.js';
import { showEntries } from './shown-entries.js';
import { siteHistory } from './site-history.js';
import { siteSection } from './site-section.js';
import { verdictSection } from './verdict-section.js';

/** Growing functions on a page, at most. */
export const MAX_SITES = 25;

/** The page's script and style, made from `lib/page` when heaptide is built. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** What a page is made from. */
export interface PageSource {
  /** Where the profiles are from, as the reader knows it. */
  readonly title: string;
  /** Wall-clock ms since the epoch. */
  readonly generated: number;
  readonly analysis: Analysis;
  readonly evidence: Evidence;
  /** The source of a growing function, where it is known. */
  readonly excerptOf: (site: GrowingSite) => Excerpt | undefined;
}

/**
 * The report as one HTML page that loads nothing: its script and style are in it, and a content security policy forbids
 * everything else. Names from the profiles are text wherever they stand.
 */
export function buildPage(source: PageSource, { script, style }: PageAssets): string {
  const { title, analysis } = source;
  const hash = createHash('sha256').update(script).digest('base64');
  const { body, data } = buildBody(source);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-${hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${VERDICT_WORDS[analysis.verdict]}: ${printable(title)} - heaptide</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
${body}
${jsonScript('page-data', data)}
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

function buildBody(source: PageSource): { readonly body: Markup; readonly data: PageData } {
  const { analysis, evidence } = source;
  const run = analysis.runs[0]?.run ?? '';
  const shown = showEntries(evidence.timeline, run);
  const memory = readLiveMemory(evidence, run);
  const icicle = memory && toIcicle(memory, evidence.handlers);
  const data = {
    memory: toMemorySeries(shown.entries, analysis),
    gc: toGcSeries(shown.entries.filter((entry) => entry.run === run)),
    ...(icicle && { icicle: icicle.root }),
  };
  const body = html`${header(source)}
<main>
${verdictSection(analysis)}
${memorySection(shown)}
${endpointSection(analysis)}
${sitesOf(source, memory)}
${icicleSection(memory, icicle?.omitted ?? 0)}
${costSection(evidence.timeline.filter((entry) => entry.run === run))}
${caveatSection(analysis)}
</main>`;
  return { body, data };
}

function header({ title, generated }: PageSource): Markup {
  return html`<header><strong>heaptide</strong> <span>${printable(title)}</span> <span>${formatUtc(generated)}</span></header>`;
}

function memorySection(shown: ReturnType<typeof showEntries>): Markup {
  const { entries, thinned, parallelRuns } = shown;
  if (entries.length === 0) {
    return html`<section id="memory"><h2>Memory</h2><p>The run has no timeline to draw.</p></section>`;
  }
  const notes = [
    thinned > 0
      ? `${formatCount(thinned)} of ${formatCount(thinned + entries.length)} readings are left out; floors and peaks are kept.`
      : '',
    parallelRuns > 0
      ? `${formatCount(parallelRuns)} more ${parallelRuns === 1 ? 'run' : 'runs'} at the same time ${parallelRuns === 1 ? 'is' : 'are'} not drawn.`
      : '',
  ].filter((note) => note !== '');
  return html`<section id="memory">
<div class="head"><h2>Memory</h2>
<fieldset id="axis"><legend>Horizontal axis</legend><label><input type="radio" name="axis" value="time" checked> Time</label><label><input type="radio" name="axis" value="requests"> Requests</label></fieldset>
<button type="button" id="reset-zoom" hidden>Show all</button></div>
<div class="chart" id="memory-chart" tabindex="0" role="group" aria-label="Used heap, floor, external memory, RSS and trend over time. Arrow keys move the cursor, plus and minus zoom, Escape shows all."></div>
<p class="note">Drag to zoom, click a name to show or hide its line. The floor is used heap without code right after a major GC. Triangles are major GCs: filled ones came by themselves, heaptide asked for hollow ones. ${notes.join(' ')}</p>
</section>`;
}

function sitesOf({ analysis, evidence, excerptOf }: PageSource, memory: LiveMemory | undefined) {
  const { growingSites, runs } = analysis;
  const run = runs[0]?.run ?? '';
  const history = siteHistory(evidence, run);
  return siteSection({
    shown: growingSites
      .slice(0, MAX_SITES)
      .map((site) => ({ site, history: history(site), excerpt: excerptOf(site) })),
    total: growingSites.length,
    readAt: memory?.timestamp ?? 0,
  });
}

function icicleSection(memory: LiveMemory | undefined, omitted: number): Markup {
  if (memory === undefined) {
    return html`<section id="stacks"><h2>Live memory by stack</h2><p>No stacks were read: the run saw no major GC, or ran without the allocation sampler.</p></section>`;
  }
  return html`<section id="stacks">
<div class="head"><h2>Live memory by stack</h2>
<label class="search">Find <input type="search" id="stack-search" placeholder="function, file or endpoint"></label></div>
<ul class="legend"><li class="app">your code</li><li class="package">packages</li><li class="node">Node.js</li><li class="builtin">built in</li></ul>
<div class="icicle" id="icicle" tabindex="0" role="application" aria-label="Live memory by stack, callers above callees. Arrow keys move, Enter zooms, Escape shows all."></div>
<p class="detail" id="icicle-detail" aria-live="polite"></p>
<p class="note">Estimated at the last major GC, at ${formatUtc(memory.timestamp)}. ${omitted > 0 ? `${formatCount(omitted)} frames are too narrow to draw.` : ''}</p>
</section>`;
}

function caveatSection({ warnings }: Analysis): Markup | undefined {
  if (warnings.length === 0) return undefined;
  return html`<section id="caveats"><h2>Caveats</h2><ul>${warnings.map((warning) => html`<li>${printable(warning)}</li>`)}</ul></section>`;
}
