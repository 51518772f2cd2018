import { type Channel, type Trend, VERDICTS, type Verdict } from '../core/analysis-result.js';

/** All channels, in the order in which they are shown. */
export const CHANNELS: readonly Channel[] = ['heap', 'external', 'native'];

/** The gravest of some verdicts; `insufficient` when there is none. */
export function gravest(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'insufficient';
}

/** Whether `a` is graver than `b`: negative, 0 or positive, as a comparison function for sorting returns. */
export function compareGravity(a: Verdict, b: Verdict): number {
  return VERDICTS.indexOf(a) - VERDICTS.indexOf(b);
}

/** The channels to blame someone for: those that grow for sure, or else those that may. */
export function growingChannels(trends: Readonly<Record<Channel, Trend>>): readonly Channel[] {
  const having = (...verdicts: readonly Verdict[]) =>
    CHANNELS.filter((channel) => verdicts.includes(trends[channel].verdict));
  const sure = having('leak', 'growing');
  return sure.length > 0 ? sure : having('suspected');
}

/** The verdict on a run: the gravest of its trends. */
export function runVerdict(trends: Readonly<Record<Channel, Trend>>): Verdict {
  return gravest(CHANNELS.map((channel) => trends[channel].verdict));
}

/** The channel that decides a run's verdict: of those that grow the fastest one, else the heap before the others. */
export function gravestChannel(trends: Readonly<Record<Channel, Trend>>): Channel {
  const verdict = runVerdict(trends);
  const candidates = CHANNELS.filter((channel) => trends[channel].verdict === verdict);
  return candidates.reduce((a, b) =>
    isGrowth(verdict) && trends[b].slopeMbPerRequest > trends[a].slopeMbPerRequest ? b : a,
  );
}

function isGrowth(verdict: Verdict): boolean {
  return verdict === 'leak' || verdict === 'growing' || verdict === 'suspected';
}
