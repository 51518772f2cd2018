import { expect, test } from 'vitest';
import { HEAP } from '../../../lib/binding/contract.js';
import { isDetailed } from '../../../lib/core/profile.js';
import { profileEndpoint } from '../../../lib/profiler/profile-endpoint.js';
import { nativeBinding } from '../binding.js';
import { storedRecords, temporaryDirectory, temporaryProfiler } from './temporary-profiler.js';

const LIGHTWEIGHT = { error: false, spikeRatio: 0, periodicEvery: 0, postGc: false };

test('reads no allocation site for lightweight requests, however many there are', () => {
  const profiler = temporaryProfiler({ capture: LIGHTWEIGHT, maxRecordsPerSecond: 1e6 });
  const handler = profileEndpoint('sync', { profiler })((value: number) => value);
  const allocated = Array.from({ length: 100_000 }, (_, index) => [index]);
  handler(0);
  const first = profiler.getStats().sites.readCount;

  for (let i = 0; i < 20_000; i++) handler(i);

  const stats = profiler.getStats();
  expect(allocated).toHaveLength(100_000);
  expect(first).toBe(1);
  expect(stats.sites.readCount).toBe(first);
  expect(stats.requestsProfiled).toBe(20_001);
  expect(stats.detailed).toMatchObject({ first: 1, periodic: 0, spike: 0, error: 0, post_gc: 0 });
});

test('reads no allocation site for the first request of a process that has allocated nothing yet', () => {
  const profiler = temporaryProfiler();
  const handler = profileEndpoint('early', { profiler })(() => undefined);

  handler();

  const { detailed, sites } = profiler.getStats();
  expect(detailed.first).toBe(1);
  expect(sites.readCount).toBe(0);
});

test('keeps a part of the records of a busy endpoint, and every failure that is due', () => {
  const profiler = temporaryProfiler({
    maxProfilesPerEndpoint: 100,
    maxRecordsPerSecond: 1,
    // Details are not withheld, however slow the machine.
    sites: { maxCpuShare: 1 },
    capture: { errorIntervalMs: 0, postGc: false },
  });
  const handler = profileEndpoint('sync', { profiler })((status: number) => ({ status }));
  const quiet = profileEndpoint('quiet', { profiler })(() => undefined);

  for (let i = 0; i < 5000; i++) handler(i % 1000 === 999 ? 500 : 200);
  quiet();

  const { requestsFinished, requestsProfiled, requestsThinned, detailed } = profiler.getStats();
  expect(requestsFinished).toBe(5001);
  expect(requestsProfiled + requestsThinned).toBe(5001);
  expect(requestsProfiled).toBeGreaterThanOrEqual(100 + 5 + 1);
  expect(requestsProfiled).toBeLessThan(400);
  expect(detailed).toMatchObject({ first: 2, error: 5 });
});

test('thins out failures too while the budget withholds their details', () => {
  const profiler = temporaryProfiler({
    maxProfilesPerEndpoint: 100,
    maxRecordsPerSecond: 1,
    sites: { maxCpuShare: 0 },
    capture: { errorIntervalMs: 3_600_000, postGc: false },
  });
  const handler = profileEndpoint('broken', { profiler })(() => ({ status: 500 }));

  for (let i = 0; i < 5000; i++) handler();

  const { requestsProfiled, requestsThinned, detailed } = profiler.getStats();
  expect(requestsProfiled + requestsThinned).toBe(5000);
  expect(requestsProfiled).toBeGreaterThanOrEqual(100);
  expect(requestsProfiled).toBeLessThan(400);
  expect(detailed.error).toBe(0);
});

test('thins out records of a busy endpoint only, and gives it those of requests that were measured alone', async () => {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({
    outputDir,
    maxProfilesPerEndpoint: 100,
    maxRecordsPerSecond: 50,
    capture: { ...LIGHTWEIGHT, first: false },
  });
  const busy = profileEndpoint('busy', { profiler })(() => undefined);
  const quiet = profileEndpoint('quiet', { profiler })(() => new Array(10_000).fill(0));

  for (let i = 0; i < 50; i++) {
    for (let j = 0; j < 1000; j++) busy();
    quiet();
  }
  while (profiler.getStats().requestsProfiled < 50 + 100 + 5) busy();
  await profiler.buffer.flushAll();

  const ofBusy = await storedRecords(outputDir, 'busy');
  const ofQuiet = await storedRecords(outputDir, 'quiet');
  expect(ofQuiet).toHaveLength(50);
  expect(Math.min(...ofQuiet.map(({ latencyMs }) => latencyMs))).toBeGreaterThan(0);
  // A GC inside of single requests blurs what they allocated.
  const allocated = ofQuiet.map(({ allocatedMb }) => allocatedMb).sort((a, b) => a - b);
  expect(allocated[25]).toBeGreaterThan(0.07);
  expect(ofBusy.length).toBeGreaterThan(100);
  expect(new Set(ofBusy.map(({ inFlight }) => inFlight))).toEqual(new Set([1]));
});

test('thins out records after another profiler was told that the heap is nearly full', () => {
  const { heap } = nativeBinding();
  const profiler = temporaryProfiler({
    maxProfilesPerEndpoint: 100,
    capture: { ...LIGHTWEIGHT, nearHeapLimit: false },
  });
  const handler = profileEndpoint('a', { profiler })(() => 1);

  heap[HEAP.nearLimitCount] = (heap[HEAP.nearLimitCount] ?? 0) + 1;
  for (let request = 0; request < 5000; request += 1) handler();

  expect(profiler.getStats().requestsThinned).toBeGreaterThan(2000);
});

test('shares one reading of the sites among the detailed captures of a second', () => {
  const sites = { refreshMs: 3_600_000, maxCpuShare: 1 };
  const profiler = temporaryProfiler({ sites, capture: { periodicEvery: 1 } });
  const handler = profileEndpoint('sync', { profiler })(() => undefined);

  for (let i = 0; i < 100; i++) handler();

  const { detailed, sites: read } = profiler.getStats();
  expect(detailed.periodic + detailed.first + detailed.post_gc + detailed.spike).toBe(100);
  expect(read.readCount - detailed.post_gc).toBe(1);
});

test('writes lightweight and detailed records with exactly the documented fields', async () => {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({ outputDir, capture: { ...LIGHTWEIGHT, error: true } });
  const handler = profileEndpoint('GET /a', { profiler })(() => ({ status: 204 }));
  const failing = profileEndpoint('GET /b', { profiler })(() => {
    throw new Error('first line\nsecond line');
  });

  handler();
  handler();
  expect(failing).toThrow('first line');
  await profiler.buffer.flushAll();

  const [detailed, lightweight] = await storedRecords(outputDir, 'GET /a');
  const [failed] = await storedRecords(outputDir, 'GET /b');
  expect(Object.keys(lightweight ?? {}).sort()).toEqual(
    [
      'allocatedMb',
      'externalMb',
      'floorMb',
      'gc',
      'inFlight',
      'latencyMs',
      'memoryDeltaMb',
      'memoryMb',
      'requestId',
      'rssMb',
      'run',
      'statusCode',
      'timestamp',
    ].sort(),
  );
  expect(lightweight).toMatchObject({ statusCode: 204, inFlight: 1 });
  expect(detailed).toMatchObject({ reason: 'first', heap: { usedMb: expect.any(Number) } });
  expect(failed).toMatchObject({ statusCode: 500, errorMessage: 'first line' });
});

test('finds what a request allocated although a GC ran inside it', async () => {
  const outputDir = temporaryDirectory();
  const profiler = temporaryProfiler({ outputDir });
  const handler = profileEndpoint('alloc', { profiler })(() => {
    let kept: unknown[] = [];
    for (let i = 0; i < 40; i++) kept = Array.from({ length: 10_000 }, (_, n) => ({ n }));
    globalThis.gc?.();
    return kept.length;
  });

  handler();
  handler();
  await profiler.buffer.flushAll();

  const [, record] = await storedRecords(outputDir, 'alloc');
  // 40 arrays of 10,000 objects of 16 bytes or more, most of them garbage before the request ends.
  expect(record?.allocatedMb).toBeGreaterThan(6);
  expect(record?.memoryDeltaMb).toBeLessThan(record?.allocatedMb ?? 0);
});

test('names the function that holds memory, and never its own', async () => {
  const outputDir = temporaryDirectory();
  const kept: unknown[] = [];
  const profiler = temporaryProfiler({
    outputDir,
    sites: { sampleIntervalBytes: 16_384, refreshMs: 0, maxCpuShare: 1 },
    capture: { periodicEvery: 500 },
  });
  const handler = profileEndpoint('leak', { profiler })(function leakHere(n: number) {
    kept.push({ n, payload: Array.from({ length: 50 }, (_, i) => ({ i })) });
  });

  for (let i = 0; i < 3000; i++) handler(i);
  await profiler.buffer.flushAll();

  const last = (await storedRecords(outputDir, 'leak')).filter(isDetailed).at(-1);
  const sites = last?.topConsumers ?? [];
  expect(sites[0]?.file).toMatch(/capture\.test\.ts/);
  expect(sites.map(({ file }) => file).filter((file) => /\/lib\//.test(file))).toEqual([]);
  expect(kept).toHaveLength(3000);
});

test('withholds details when they took more than their share of time', () => {
  const profiler = temporaryProfiler({
    sites: { refreshMs: 0, maxCpuShare: 0.000_001 },
    capture: { ...LIGHTWEIGHT, periodicEvery: 1 },
  });
  const handler = profileEndpoint('sync', { profiler })(() => undefined);

  for (let i = 0; i < 200; i++) handler();

  const stats = profiler.getStats();
  expect(stats.detailedWithheld).toBeGreaterThan(190);
  expect(stats.requestsProfiled).toBe(200);
});
