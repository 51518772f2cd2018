import type { LastCapture, LastSite } from '../core/last-capture.js';
import { formatFrame } from '../core/stack-frame.js';
import { mbToBytes } from '../core/units.js';
import { isUserCode } from './sites/origin.js';
import { formatBytes } from './units-in-words.js';

/** Functions that the sentence names. */
const MAX_NAMED = 3;

/** Smallest share of the live heap that is worth a name. */
const MIN_SHARE = 0.05;

/** What was alive: `61.2 MB live, of which 55.1 MB from remember (orders.js:12:20)`. */
export function describeLive({ heap, sites = [] }: LastCapture): string {
  const named = sites
    .filter(({ liveMb }) => liveMb >= heap.usedMb * MIN_SHARE)
    .slice(0, MAX_NAMED)
    .map((site) => `${formatBytes(mbToBytes(site.liveMb))} from ${nameOf(site)}`);
  const live = `${formatBytes(mbToBytes(heap.usedMb))} live`;
  return named.length === 0 ? live : `${live}, of which ${named.join(', ')} (estimated)`;
}

/** The function, and where it is no code of the user's, the nearest caller that is. */
function nameOf(site: LastSite): string {
  const name = withoutFolders(formatFrame(site));
  if (isUserCode(site)) return name;
  const caller = site.stack.find((frame) => /\((?!node:)/.test(frame));
  return caller === undefined ? name : `${name} called by ${withoutFolders(caller)}`;
}

function withoutFolders(frame: string): string {
  return frame.replace(/\([^()]*[\\/]/, '(');
}
