import type { EndpointProfiler } from '../../profiler/endpoint-profiler.js';

/**
 * Switches profiling on and off whenever the process gets the signal; each switch begins or ends a run. Signals reach
 * the main thread only.
 */
export function listenToToggle(signal: string, profilerOf: () => EndpointProfiler): void {
  if (signal === 'none') return;
  try {
    process.on(signal, () => toggle(profilerOf(), signal));
  } catch (error) {
    warn('HEAPTIDE_CONFIGURATION', `No process can listen to ${signal}: ${String(error)}`);
  }
}

function toggle(profiler: EndpointProfiler, signal: string): void {
  if (profiler.enabled) profiler.disable();
  else profiler.start();
  const state = profiler.enabled ? 'on' : 'off';
  warn('HEAPTIDE_TOGGLED', `${signal} received: profiling is ${state}`);
}

function warn(code: string, message: string): void {
  process.emitWarning(message, { type: 'HeapTideWarning', code });
}
