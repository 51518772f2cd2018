import type { Channel, Verdict } from '../../core/analysis-result.js';
import { formatBytes } from '../units-in-words.js';
import { largestStep } from './jump.js';
import { grownBytes, type Look } from './look.js';
import type { Pace } from './pace.js';
import { type Segment, spanOf } from './segment.js';

const SUBJECTS: Readonly<Record<Channel, string>> = {
  heap: 'The heap floor',
  external: 'External memory',
  native: 'Native memory',
};

// Beyond this a percentage of the earlier pace tells a reader nothing: before, there was hardly any growth.
const FASTER_RATIO = 2;

/** The verdict on a look in words, with the figures that decided it. */
export function explain(channel: Channel, verdict: Verdict, look: Look): string {
  const subject = SUBJECTS[channel];
  const { full, noise } = look.window;
  const rose = `${subject} ${changeInWords(full)}`;
  const rises = `${subject} ${changeInWords(look.rate)}, ${paceInWords(look.pace)}`;
  switch (verdict) {
    case 'leak':
      return `${rises}, and no single jump explains it.`;
    case 'growing':
      return `${rises}; too little was seen yet to tell a leak from a cache that is filling.`;
    case 'plateau':
      return `${rose} and slowed down, ${paceInWords(look.pace)}.`;
    case 'step':
      return `${subject} jumped by ${formatBytes(largestStep(full.series.bytes).size)} at once; beside the jump no growth matters.`;
    case 'load_confounded':
      return `${rose} while the number of requests in flight rose too; the two cannot be told apart.`;
    case 'suspected':
      return `${rose} (${formatP(full.riseP)}): significant, but too little or too uneven to call a leak.`;
    default:
      return `${rose}: no growth that matters (noise ${formatBytes(noise)}, ${formatP(full.riseP)}).`;
  }
}

/** What follows if the growth is a cache's. */
export function explainIfCache(look: Look): string {
  const held = formatBytes(grownBytes(look));
  return `If this is a cache, it holds at least ${held} already, ${paceInWords(look.pace)}.`;
}

function changeInWords({ rise, series }: Segment): string {
  const requests = spanOf(series.requests).toLocaleString('en-US');
  const direction = rise < 0 ? 'fell' : 'rose';
  return `${direction} by ${formatBytes(Math.abs(rise))} over ${requests} requests`;
}

function paceInWords({ ratio }: Pace): string {
  if (ratio > FASTER_RATIO) return 'ever faster';
  if (ratio <= 0) return 'not growing any more in the last third';
  return `the last third at ${percent(ratio)} of the steepest pace before`;
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`;
}

function formatP(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
}
