// A service that only records never needs what reads profiles and analyzes them, which takes as long to load as all the
// rest. `require` loads it when one of its functions is called; `import()` could not serve those that are synchronous.
type Diagnosis = typeof import('./entry.js');

const diagnosis = (): Diagnosis => require('./entry.js');

export const analyzeEndpointMemory: Diagnosis['analyzeEndpointMemory'] = (...args) =>
  diagnosis().analyzeEndpointMemory(...args);

export const analyzeProfileDirectory: Diagnosis['analyzeProfileDirectory'] = (...args) =>
  diagnosis().analyzeProfileDirectory(...args);

export const analyzeProfileFile: Diagnosis['analyzeProfileFile'] = (...args) =>
  diagnosis().analyzeProfileFile(...args);

export const getTopGrowingLocations: Diagnosis['getTopGrowingLocations'] = (...args) =>
  diagnosis().getTopGrowingLocations(...args);

export const getTopMemoryConsumers: Diagnosis['getTopMemoryConsumers'] = (...args) =>
  diagnosis().getTopMemoryConsumers(...args);

export const getProfileStats: Diagnosis['getProfileStats'] = (...args) =>
  diagnosis().getProfileStats(...args);

export const listProfileFiles: Diagnosis['listProfileFiles'] = (...args) =>
  diagnosis().listProfileFiles(...args);

export const loadProfileData: Diagnosis['loadProfileData'] = (...args) =>
  diagnosis().loadProfileData(...args);
