import type { Analysis, Verdict } from '../../core/analysis-result.js';
import { type Figure, listFigures } from '../figures.js';
import { printable, VERDICT_WORDS } from '../wording.js';
import { html, type Markup } from './html.js';

/** Figures that stand beside the sentence; the others follow in small print. */
const LEADING: readonly string[] = ['Growth', 'Since', 'Heap limit', 'Confidence'];

/** A sign beside the color, for those who cannot see the color. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  leak: '▲',
  growing: '△',
  suspected: '?',
  load_confounded: '≈',
  step: '⎍',
  plateau: '⌒',
  stable: '✓',
  insufficient: '…',
};

/** The verdict in one sentence, and the figures behind it. */
export function verdictSection(analysis: Analysis): Markup {
  // The cost of profiling has a section of its own.
  const figures = listFigures(analysis).filter(({ label }) => label !== 'Overhead');
  const leading = figures.filter(({ label }) => LEADING.includes(label));
  const others = figures.filter(({ label }) => !LEADING.includes(label));
  return html`<section id="verdict">
<p>${verdictBadge(analysis.verdict)}</p>
<h1>${printable(analysis.summary)}</h1>
${leading.length > 0 ? html`<dl class="cards">${leading.map(toCard)}</dl>` : undefined}
<dl class="notes">${others.map(toCard)}</dl>
</section>`;
}

function toCard({ label, text }: Figure): Markup {
  return html`<div><dt>${label}</dt><dd>${printable(text)
    .split('; ')
    .map((part) => html`<span>${part}</span> `)}</dd></div>`;
}

/** A verdict as a colored word with a sign. */
export function verdictBadge(verdict: Verdict): Markup {
  return html`<span class="badge ${verdict}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${VERDICT_WORDS[verdict]}</span>`;
}
