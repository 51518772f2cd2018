import type { EndpointProfiler } from '../../profiler/endpoint-profiler.js';

/**
 * Switches profiling on and off whenever the process gets the signal; each switch begins or ends a run. Signals reach
 * the main thread only.
 */
export function listenToToggle(signal: string, profilerOf: () => EndpointProfiler): void {
  if (signal === 'none') return;
  process.on(signal, () => {
    const profiler = profilerOf();
    if (profiler.enabled) profiler.disable();
    else profiler.start();
    const state = profiler.enabled ? 'on' : 'off';
    process.emitWarning(`${signal} received: profiling is ${state}`, {
      type: 'HeapTideWarning',
      code: 'HEAPTIDE_TOGGLED',
    });
  });
}
