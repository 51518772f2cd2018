export type * from './core/analysis-result.js';
export { HeapTideError, type HeapTideErrorCode, isHeapTideError } from './core/errors.js';
export type {
  CaptureOptions,
  ProbeOptions,
  ProfilerOptions,
  SitesOptions,
} from './core/options.js';
export type * from './core/profile.js';
export { isDetailed } from './core/profile.js';
export type * from './core/timeline.js';
export { bytesToMb } from './core/units.js';
export { cleanup } from './diagnosis/cleanup-directory.js';
export {
  analyzeEndpointMemory,
  analyzeProfileDirectory,
  analyzeProfileFile,
  getProfileStats,
  getTopGrowingLocations,
  getTopMemoryConsumers,
  listProfileFiles,
  loadProfileData,
} from './diagnosis/on-demand.js';
export { recoverProfileDirectory } from './diagnosis/recover-directory.js';
export type { BufferControl } from './profiler/buffer-control.js';
export { EndpointProfiler, type ProfilerEvents } from './profiler/endpoint-profiler.js';
export type { CurrentVerdict, VerdictEvent } from './profiler/live-verdict.js';
export {
  type EndpointWrapper,
  type Handler,
  type ProfileEndpointOptions,
  profileEndpoint,
} from './profiler/profile-endpoint.js';
export type { ProfilerStats } from './profiler/profiler-stats.js';
export type { CleanupOptions, CleanupResult } from './storage/cleanup.js';
export { sanitizeEndpointName } from './storage/file-names.js';
export type { ProfileStats } from './storage/profile-stats.js';
export type { RecoveredRun, Recovery } from './storage/recovery.js';
