import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitizeEndpointName } from '../../../lib/storage/file-names.js';

describe('sanitizeEndpointName', () => {
  test.each([
    ['chat_completions', 'chat_completions'],
    ['GET /orders/:id', 'GET_orders_id'],
    ['/v1/models/gpt-4.1', 'v1_models_gpt-4.1'],
    ['../../etc/passwd', 'etc_passwd'],
    ['_timeline', 'timeline'],
    ['.journal', 'journal'],
    ['bestellung/größe', 'bestellung_größe'],
    ['注文', '注文'],
    ['a\0b\nc', 'a_b_c'],
    ['CON', 'endpoint_CON'],
    ['nul.json', 'endpoint_nul.json'],
    ['/', 'endpoint'],
    ['', 'endpoint'],
  ])('turns %j into %j', (name, expected) => {
    expect(sanitizeEndpointName(name)).toBe(expected);
  });

  test('tells long names apart', () => {
    const prefix = 'segment/'.repeat(40);

    const [one, two] = [sanitizeEndpointName(`${prefix}1`), sanitizeEndpointName(`${prefix}2`)];

    expect(one).not.toBe(two);
    expect(Buffer.byteLength(one)).toBeLessThanOrEqual(120);
  });

  test('treats the same what is ASCII and what is not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 80 }), (name) => {
        const alone = sanitizeEndpointName(`a${name}a`);
        const beside = sanitizeEndpointName(`é-a${name}a`);

        expect(beside).toBe(`é-${alone}`);
      }),
    );
  });

  test('gives a usable name to any string, and the same name to that name', () => {
    const names = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(
      fc.property(names, (name) => {
        const sanitized = sanitizeEndpointName(name);

        expect(sanitized).toMatch(/^[^_.][^/\\:*?"<>|\s]*$/u);
        expect(Buffer.byteLength(sanitized)).toBeLessThanOrEqual(120);
        expect(sanitizeEndpointName(sanitized)).toBe(sanitized);
      }),
    );
  });
});
