// What `on-demand.ts` loads.
export { analyzeEndpointMemory } from '../analysis/analyze-endpoint-memory.js';
export { getTopGrowingLocations } from '../analysis/profiles/growing-locations.js';
export { getTopMemoryConsumers } from '../analysis/profiles/memory-consumers.js';
export { listProfileFiles, loadProfileData } from '../storage/load.js';
export { getProfileStats } from '../storage/profile-stats.js';
export { analyzeProfileDirectory } from './analyze-directory.js';
export { analyzeProfileFile } from './analyze-file.js';
