import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Endpoint } from '../../../lib/capture/endpoint.js';
import { EndpointTable, OVERFLOW_ENDPOINT } from '../../../lib/capture/endpoint-table.js';

const RATE = { perSecond: 50, burst: 10_000 };

function sampledAmong(endpoint: Endpoint, rate: number, requests: number): number {
  let sampled = 0;
  for (let i = 0; i < requests; i++) if (endpoint.shouldSample(rate)) sampled++;
  return sampled;
}

test('samples n times the rate of n requests, to within one, at every n and rate', () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(rate, fc.integer({ min: 1, max: 3000 }), (rate, requests) => {
      const sampled = sampledAmong(new Endpoint(0, 'a', RATE), rate, requests);

      expect(Math.abs(sampled - rate * requests)).toBeLessThanOrEqual(1);
    }),
  );
});

test('stays exact over a million requests at a rate that binary fractions cannot hold', () => {
  const sampled = sampledAmong(new Endpoint(0, 'a', RATE), 0.1, 1_000_000);

  expect(Math.abs(sampled - 100_000)).toBeLessThanOrEqual(1);
});

test('follows a rate that changes while the service runs', () => {
  const endpoint = new Endpoint(0, 'a', RATE);

  const sampled = sampledAmong(endpoint, 0.5, 1000) + sampledAmong(endpoint, 0.01, 1000);

  expect(Math.abs(sampled - 510)).toBeLessThanOrEqual(2);
});

test('always samples the first request of an endpoint, except at rate 0', () => {
  expect(new Endpoint(0, 'a', RATE).shouldSample(0.001)).toBe(true);
  expect(new Endpoint(0, 'a', RATE).shouldSample(0)).toBe(false);
});

test('gives one endpoint per name, and one for all names beyond the limit', () => {
  const table = new EndpointTable(2, RATE);

  const [a, b, c, d] = [table.get('a'), table.get('b'), table.get('c'), table.get('d')];

  expect(table.get('a')).toBe(a);
  expect(b).not.toBe(a);
  expect(c).toBe(d);
  expect(c.name).toBe(OVERFLOW_ENDPOINT);
  expect([...table].map((endpoint) => table.nameOf(endpoint.id))).toEqual(['a', 'b', '(other)']);
});
