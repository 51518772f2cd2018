import type { Binding } from '../binding/contract.js';
import type { ResolvedOptions } from '../core/options.js';
import type { RunProcess } from '../core/timeline.js';

/** Who writes: this process and thread, and how it is read. */
export function describeProcess(binding: Binding, { sites }: ResolvedOptions): RunProcess {
  return {
    pid: process.pid,
    thread: binding.thread,
    node: process.version,
    sampleIntervalBytes: binding.samplerOwner() === 'none' ? 0 : sites.sampleIntervalBytes,
    backend: binding.backend,
  };
}
