import type { Interval } from '../core/analysis-result.js';
import { sampledInterval } from '../core/sampled-interval.js';
import { BYTES_PER_GB, BYTES_PER_KB, BYTES_PER_MB, mbToBytes } from '../core/units.js';

/** A size in the unit that fits it: `512 B`, `1.02 KB`, `37.5 MB`. */
export function formatBytes(bytes: number): string {
  const { divisor, name } = unitFor(bytes);
  return `${formatIn(bytes, divisor)} ${name}`;
}

/** A rate with its 95 % interval in the same unit: `1.02 KB/request (0.95-1.10)`. */
export function formatRate(mbPerRequest: number, interval: Interval): string {
  return formatWithInterval(mbPerRequest, interval, '/request');
}

/** Live memory as sampled, with its 95 % interval in the same unit: `30.7 MB (29.1-32.4)`. */
export function formatLive(site: { readonly liveMb: number; readonly liveSdMb: number }): string {
  return formatWithInterval(site.liveMb, sampledInterval(site.liveMb, site.liveSdMb), '');
}

function formatWithInterval(mb: number, interval: Interval, per: string): string {
  const bytes = mbToBytes(mb);
  const { divisor, name } = unitFor(bytes);
  const amount = `${formatIn(bytes, divisor)} ${name}${per}`;
  const [low, high] = interval.map(mbToBytes);
  if (low === undefined || high === undefined) return amount;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return amount;
  return `${amount} (${formatIn(low, divisor)}-${formatIn(high, divisor)})`;
}

function unitFor(bytes: number): { readonly divisor: number; readonly name: string } {
  const size = Math.abs(bytes);
  if (size >= BYTES_PER_GB) return { divisor: BYTES_PER_GB, name: 'GB' };
  if (size >= BYTES_PER_MB) return { divisor: BYTES_PER_MB, name: 'MB' };
  return size >= BYTES_PER_KB ? { divisor: BYTES_PER_KB, name: 'KB' } : { divisor: 1, name: 'B' };
}

/** Three significant digits, no fractions of a byte. */
function formatIn(bytes: number, divisor: number): string {
  const value = bytes / divisor;
  if (divisor === 1 || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
