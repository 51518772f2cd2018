// Named, not `export *`: that would also export CommonJS's `__esModule`. A test compares the two entries.
export type * from './index.js';
export {
  analyzeEndpointMemory,
  analyzeProfileDirectory,
  analyzeProfileFile,
  bytesToMb,
  EndpointProfiler,
  getTopGrowingLocations,
  getTopMemoryConsumers,
  HeapTideError,
  isDetailed,
  isHeapTideError,
  listProfileFiles,
  loadProfileData,
  profileEndpoint,
  sanitizeEndpointName,
} from './index.js';
