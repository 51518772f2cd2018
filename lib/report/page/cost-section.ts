import { runOverhead } from '../../analysis/run/run-overhead.js';
import { formatBytes } from '../../analysis/units-in-words.js';
import type { TimelineEntry } from '../../core/timeline.js';
import { mbToBytes } from '../../core/units.js';
import { formatMs, probesInWords, readingInWords, shareOfTime } from '../overhead.js';
import { formatCount } from '../wording.js';
import { html, type Markup } from './html.js';

type Card = readonly [label: string, text: string];

/** GC work of a run, and what heaptide added to it. Nothing for a run without a timeline. */
export function costSection(entries: readonly TimelineEntry[]): Markup | undefined {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const runMs = last.timestamp - first.timestamp;
  return html`<section id="gc">
<h2>GC pressure</h2>
<dl class="cards">${gcCards(last, runMs).map(toCard)}</dl>
<div class="chart" id="gc-chart" tabindex="0" role="group" aria-label="GC pauses in percent of the time, and megabytes freed per second"></div>
</section>
<section id="cost">
<h2>What heaptide itself cost</h2>
<dl class="cards">${costCards(entries).map(toCard)}</dl>
</section>`;
}

function gcCards({ gc, gcPauseMs, gcFreedMb }: TimelineEntry, runMs: number): readonly Card[] {
  const [minor, major] = gc;
  const perSecond = runMs > 0 ? `, ${formatBytes((1000 * mbToBytes(gcFreedMb)) / runMs)}/s` : '';
  return [
    ['Minor GCs', formatCount(minor)],
    ['Major GCs', formatCount(major)],
    ['Paused', `${formatMs(gcPauseMs)}, ${shareOfTime(gcPauseMs, runMs)}`],
    ['Freed', `${formatBytes(mbToBytes(gcFreedMb))}${perSecond}`],
  ];
}

function costCards(entries: readonly TimelineEntry[]): readonly Card[] {
  const overhead = runOverhead(entries);
  if (overhead === undefined) return [['Probes', 'not known yet']];
  return [
    ['Probes', probesInWords(overhead)],
    ['Reading stacks', readingInWords(overhead)],
    ['Memory', `${formatBytes(mbToBytes(overhead.selfMb))} of the heap (estimated)`],
  ];
}

function toCard([label, text]: Card): Markup {
  return html`<div><dt>${label}</dt><dd>${text}</dd></div>`;
}
