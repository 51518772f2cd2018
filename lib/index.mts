// Named, not `export *`: that would also export CommonJS's `__esModule`. A test compares the two entries.
export type * from './index.js';
export {
  analyzeEndpointMemory,
  analyzeProfileDirectory,
  analyzeProfileFile,
  bytesToMb,
  cleanup,
  EndpointProfiler,
  getProfileStats,
  getTopGrowingLocations,
  getTopMemoryConsumers,
  HeapTideError,
  isDetailed,
  isHeapTideError,
  listProfileFiles,
  loadProfileData,
  profileEndpoint,
  recoverProfileDirectory,
  sanitizeEndpointName,
} from './index.js';
