import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LightweightProfile } from '../../../lib/core/profile.js';
import { decodeProfile } from '../../../lib/storage/profile-decoding.js';
import { encodeProfile } from '../../../lib/storage/profile-encoding.js';
import {
  decodeEndpoint,
  decodeStack,
  decodeTimelineEntry,
} from '../../../lib/storage/timeline-decoding.js';
import {
  encodeEndpoint,
  encodeStack,
  encodeTimelineEntry,
} from '../../../lib/storage/timeline-encoding.js';
import { SAMPLE_DETAIL, sampleEntry, sampleProfile } from './samples.js';

const FRAME = { function: 'handle', file: '/app/server.js', line: 3, column: 1 };

describe('profiles on disk', () => {
  test('have the documented snake_case fields and no others', () => {
    const detailed = { ...sampleProfile({ errorMessage: 'no "stock"' }), ...SAMPLE_DETAIL };

    const record: unknown = JSON.parse(encodeProfile(detailed));

    expect(record).toMatchObject({ request_id: 'k3f9-12345', error_message: 'no "stock"' });
    expect(Object.keys(Object(record))).toEqual([
      ...['request_id', 'timestamp', 'memory_mb', 'memory_delta_mb', 'allocated_mb', 'external_mb'],
      ...['rss_mb', 'latency_ms', 'status_code', 'in_flight', 'gc', 'floor_mb', 'run'],
      ...['error_message', 'reason', 'top_consumers', 'gc_stats', 'heap'],
    ]);
  });

  test('come back as they were written', () => {
    const lightweight = sampleProfile();
    const detailed = { ...sampleProfile({ errorMessage: 'a\nb\u2028' }), ...SAMPLE_DETAIL };

    expect(decodeProfile(JSON.parse(encodeProfile(lightweight)))).toEqual({ value: lightweight });
    expect(decodeProfile(JSON.parse(encodeProfile(detailed)))).toEqual({ value: detailed });
  });

  test('take at most 250 bytes with the line break, in a run with an id of six characters', () => {
    const profile = sampleProfile({ run: 'k3f9ab', requestId: 'k3f9ab-123456' });

    expect(`${encodeProfile(profile)},\n`.length).toBeLessThanOrEqual(250);
  });

  test.each([
    ['a field is missing', { latency_ms: undefined }],
    ['a figure is not a number', { memory_mb: '12' }],
    ['a figure is null, as NaN is written', { memory_mb: null }],
    ['a figure is infinite', { rss_mb: Number.POSITIVE_INFINITY }],
    ['memory is negative', { memory_mb: -1 }],
    ['a latency is negative', { latency_ms: -0.5 }],
    ['a status is not whole', { status_code: 200.5 }],
    ['the GC counters are not two', { gc: [1, 2, 3] }],
    ['the reason is unknown', { reason: 'whim' }],
    ['a detailed capture lacks its heap', { reason: 'first' }],
  ])('are unusable when %s', (_case, damage) => {
    const record = { ...JSON.parse(encodeProfile(sampleProfile())), ...damage };

    expect(decodeProfile(record)).toEqual({ problem: expect.stringContaining('is not') });
  });

  test.each([null, undefined, 7, 'text', [], true])('are unusable when they are %j', (value) => {
    expect(decodeProfile(value)).toEqual({ problem: '"record" is not an object' });
  });

  test('are valid JSON whatever the figures, and then read right or not at all', () => {
    const figure = fc.double();
    const profiles: fc.Arbitrary<LightweightProfile> = fc
      .record({ memoryMb: figure, memoryDeltaMb: figure, latencyMs: figure, run: fc.string() })
      .map((fields) => sampleProfile(fields));
    fc.assert(
      fc.property(profiles, (profile) => {
        const decoded = decodeProfile(JSON.parse(encodeProfile(profile)));
        const isUsable =
          profile.memoryMb >= 0 && profile.latencyMs >= 0 && Number.isFinite(profile.memoryDeltaMb);
        if ('value' in decoded) {
          expect(decoded.value.run).toBe(profile.run);
          expect(Math.abs(decoded.value.memoryMb - profile.memoryMb)).toBeLessThanOrEqual(
            0.005 + profile.memoryMb * 4 * Number.EPSILON,
          );
        } else {
          // Rounding to digits overflows above 1e305.
          expect(
            isUsable &&
              profile.memoryMb < 1e300 &&
              profile.latencyMs < 1e300 &&
              Math.abs(profile.memoryDeltaMb) < 1e300,
          ).toBe(false);
        }
      }),
    );
  });
});

describe('timeline, stacks and endpoints on disk', () => {
  test('come back as they were written', () => {
    const entry = sampleEntry();
    const stack = { run: 'k3f9', stack: 7, frames: [FRAME] };
    const endpoint = { endpoint: 'GET /orders/:id', file: 'GET_orders_id.json', handler: FRAME };

    expect(decodeTimelineEntry(JSON.parse(encodeTimelineEntry(entry)))).toEqual({ value: entry });
    expect(decodeStack(JSON.parse(encodeStack(stack)))).toEqual({ value: stack });
    expect(decodeEndpoint(JSON.parse(encodeEndpoint(endpoint)))).toEqual({ value: endpoint });
  });

  test('leave out what an entry does not have', () => {
    const { probed, overhead, sites, sampler, process, ...tick } = sampleEntry({ kind: 'tick' });

    const decoded = decodeTimelineEntry(JSON.parse(encodeTimelineEntry(tick)));

    expect(decoded).toStrictEqual({ value: tick });
  });

  test('tell no CPU time of probes where it is not known', () => {
    const overhead = { siteReadMs: 4.25, probePauseMs: 31.5, selfMb: 0.125 };
    const entry = sampleEntry({ overhead });

    const decoded = decodeTimelineEntry(JSON.parse(encodeTimelineEntry(entry)));

    expect(decoded).toStrictEqual({ value: entry });
  });

  test('keep sites as rows of numbers', () => {
    const record: unknown = JSON.parse(encodeTimelineEntry(sampleEntry()));

    expect(record).toMatchObject({ sites: [[7, 9_500_000, 73, 1200]] });
  });

  test.each([
    ['an unknown kind', { kind: 'tock' }],
    ['a negative count of requests', { requests: -1 }],
    ['a site row that is too short', { sites: [[1, 2, 3]] }],
    ['a count by endpoint that is not a number', { finished: { a: 'b' } }],
  ])('are unusable with %s', (_case, damage) => {
    const record = { ...JSON.parse(encodeTimelineEntry(sampleEntry())), ...damage };

    expect(decodeTimelineEntry(record)).toEqual({ problem: expect.any(String) });
  });
});
