import type { Channel, TrendEvidence, Verdict } from '../../core/analysis-result.js';
import { explain } from './explanation.js';
import type { Look } from './look.js';

/** The figures behind a verdict on a look. */
export function evidenceOf(channel: Channel, verdict: Verdict, look: Look): TrendEvidence {
  const { full, tail, noise, load } = look.window;
  return {
    pFull: full.riseP,
    pTail: tail.riseP,
    riseFullBytes: full.rise,
    riseTailBytes: tail.rise,
    noiseBytes: noise,
    decelerationRatio: look.pace.ratio,
    loadBytesPerInFlight: load?.bytesPerInFlight ?? 0,
    ...(look.onsetRequest !== undefined && { onsetRequest: look.onsetRequest }),
    explanation: explain(channel, verdict, look),
  };
}

/** The evidence of a series that is too short to test. */
export function insufficientEvidence(points: number): TrendEvidence {
  return {
    pFull: 1,
    pTail: 1,
    riseFullBytes: 0,
    riseTailBytes: 0,
    noiseBytes: 0,
    decelerationRatio: 1,
    loadBytesPerInFlight: 0,
    explanation: `Floors after major GCs: ${points}. A trend needs at least seven, six of them after warm-up.`,
  };
}
