import { expect, test } from 'vitest';
import {
  captureReason,
  type FinishedRequest,
  noteCapture,
} from '../../../lib/capture/capture-rules.js';
import { Endpoint } from '../../../lib/capture/endpoint.js';
import { resolveOptions } from '../../../lib/core/resolve-options.js';

const RATE = { perSecond: 50, burst: 10_000 };

const MB = 1024 * 1024;
const { capture: defaults } = resolveOptions({}, { env: {}, warn: () => {} });

/** Finishes a sampled request, as the recorder does, and returns why it was captured. */
function finish(
  endpoint: Endpoint,
  request: Partial<FinishedRequest> = {},
  rules: typeof defaults = defaults,
) {
  const full = {
    statusCode: 200,
    used: 50 * MB,
    time: 0,
    nearHeapLimit: false,
    afterMajorGc: false,
    ...request,
  };
  endpoint.sampled++;
  const reason = captureReason(rules, endpoint, full);
  if (reason !== undefined) noteCapture(endpoint, full, reason);
  return reason;
}

function warmEndpoint(): Endpoint {
  const endpoint = new Endpoint(0, 'a', RATE);
  finish(endpoint);
  return endpoint;
}

test('a heap that is about to run out comes before every other cause', () => {
  const failed = { nearHeapLimit: true, statusCode: 500, used: 99 * MB, afterMajorGc: true };

  const reason = finish(new Endpoint(0, 'a', RATE), failed);
  const switchedOff = finish(new Endpoint(1, 'b', RATE), failed, {
    ...defaults,
    nearHeapLimit: false,
  });

  expect(reason).toBe('near_heap_limit');
  expect(switchedOff).toBe('first');
});

test('captures the first sampled request of each endpoint, and no other without a cause', () => {
  const reasons = [new Endpoint(0, 'a', RATE), new Endpoint(1, 'b', RATE)].map((endpoint) => [
    finish(endpoint),
    finish(endpoint),
  ]);

  expect(reasons).toEqual([
    ['first', undefined],
    ['first', undefined],
  ]);
});

test('captures every 25th sampled request of an endpoint', () => {
  const endpoint = new Endpoint(0, 'a', RATE);

  const captured = Array.from({ length: 100 }, (_, index) => ({
    n: index + 1,
    reason: finish(endpoint),
  })).filter(({ reason }) => reason === 'periodic');

  expect(captured.map(({ n }) => n)).toEqual([25, 50, 75, 100]);
});

test('captures errors, but only one per interval in a storm', () => {
  const endpoint = warmEndpoint();

  const reasons = [0, 1, 999, 1000, 1500, 2000].map((time) =>
    finish(endpoint, { statusCode: 503, time }),
  );

  expect(reasons).toEqual(['error', undefined, undefined, 'error', undefined, 'error']);
});

test('takes a status of 399 for success and one of 400 for an error', () => {
  expect(finish(warmEndpoint(), { statusCode: 399 })).toBeUndefined();
  expect(finish(warmEndpoint(), { statusCode: 400 })).toBe('error');
});

test('captures a spike of more than 2 % over the highest capture, and measures the next from there', () => {
  const endpoint = new Endpoint(0, 'a', RATE);
  finish(endpoint, { used: 100 * MB });

  const reasons = [102, 102.1, 103, 104.3].map((mb) => finish(endpoint, { used: mb * MB }));

  expect(reasons).toEqual([undefined, 'spike', undefined, 'spike']);
});

test('takes the swing of the heap between two GCs for no spike', () => {
  const endpoint = new Endpoint(0, 'a', RATE);
  const swing = [60, 50, 55, 59, 50, 55, 60, 50];

  const reasons = swing.map((mb) => finish(endpoint, { used: mb * MB }));

  expect(reasons.filter((reason) => reason === 'spike')).toEqual([]);
});

test('asks a spike for at least 1 MB, so that a small heap does not flutter', () => {
  const endpoint = new Endpoint(0, 'a', RATE);
  finish(endpoint, { used: 10 * MB });

  expect(finish(endpoint, { used: 10.9 * MB })).toBeUndefined();
  expect(finish(endpoint, { used: 11.1 * MB })).toBe('spike');
});

test('captures the first request after a major GC', () => {
  expect(finish(warmEndpoint(), { afterMajorGc: true })).toBe('post_gc');
});

test('obeys a switch or threshold for every rule', () => {
  const off = {
    ...defaults,
    first: false,
    error: false,
    spikeRatio: 0,
    periodicEvery: 0,
    postGc: false,
  };
  const endpoint = new Endpoint(0, 'a', RATE);
  endpoint.capturedUsed = MB;

  const reasons = Array.from({ length: 50 }, () =>
    finish(endpoint, { statusCode: 500, afterMajorGc: true, used: 500 * MB }, off),
  );

  expect(reasons.every((reason) => reason === undefined)).toBe(true);
});
