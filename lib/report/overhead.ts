import type { RunOverhead } from '../core/analysis-result.js';
import { formatCount } from './wording.js';

/** What the probes of a run cost: `12 major GCs, 31 ms of pauses, 410 ms of CPU time (estimated), 0.34 % of the time`. */
export function probesInWords(overhead: RunOverhead): string {
  const { elapsedMs, probes, probePauseMs, probeCpuMs } = overhead;
  if (probes === 0) return 'none';
  const pauses = `${formatMs(probePauseMs)} of pauses`;
  const cpu = probeCpuMs === undefined ? '' : `, ${formatMs(probeCpuMs)} of CPU time (estimated)`;
  const share = shareOfTime(probeCpuMs ?? probePauseMs, elapsedMs);
  return `${formatCount(probes)} major GC${probes === 1 ? '' : 's'}, ${pauses}${cpu}, ${share}`;
}

/** What reading the live stacks took. */
export function readingInWords({ elapsedMs, siteReadMs }: RunOverhead): string {
  return `${formatMs(siteReadMs)}, ${shareOfTime(siteReadMs, elapsedMs)}`;
}

/** A duration in whole milliseconds. */
export function formatMs(ms: number): string {
  return `${formatCount(Math.round(ms))} ms`;
}

/** `0.34 % of the time`, for a part of `elapsedMs`. */
export function shareOfTime(ms: number, elapsedMs: number): string {
  if (!(elapsedMs > 0)) return 'an unknown share of the time';
  const percent = (100 * ms) / elapsedMs;
  return `${percent < 0.01 ? '< 0.01' : Number(percent.toPrecision(2))} % of the time`;
}
