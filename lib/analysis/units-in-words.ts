import type { Interval } from '../core/analysis-result.js';
import { BYTES_PER_GB, BYTES_PER_KB, BYTES_PER_MB, mbToBytes } from '../core/units.js';

/** A size in the unit that fits it: `512 B`, `1.02 KB`, `37.5 MB`. */
export function formatBytes(bytes: number): string {
  const { divisor, name } = unitFor(bytes);
  return `${formatIn(bytes, divisor)} ${name}`;
}

/** A rate with its 95 % interval in the same unit: `1.02 KB/request (0.95-1.10)`. */
export function formatRate(mbPerRequest: number, interval: Interval): string {
  const bytes = mbToBytes(mbPerRequest);
  const { divisor, name } = unitFor(bytes);
  const rate = `${formatIn(bytes, divisor)} ${name}/request`;
  const [low, high] = interval.map(mbToBytes);
  if (low === undefined || high === undefined) return rate;
  if (!Number.isFinite(low) || !Number.isFinite(high)) return rate;
  return `${rate} (${formatIn(low, divisor)}-${formatIn(high, divisor)})`;
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
