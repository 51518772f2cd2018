import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PathTemplates } from '../../../lib/integrations/tracking/path-templates.js';

test.each([
  ['/', '/'],
  ['', '/'],
  ['*', '/'],
  ['/orders', '/orders'],
  ['/orders/', '/orders/'],
  ['/orders/42', '/orders/:id'],
  ['/orders/42/lines/7?token=secret', '/orders/:id/lines/:id'],
  ['/v1/users', '/v1/users'],
  ['/users/0b8ff1d0-5d3c-4d6e-9a57-1f2e3d4c5b6a', '/users/:id'],
  ['/blobs/9f86d081884c7d659a2feaa0c55ad015', '/blobs/:id'],
  ['/sessions/eyJhbGciOiJIUzI1NiJ9abc', '/sessions/:id'],
  ['/articles/internationalization', '/articles/internationalization'],
  [`/articles/${'x'.repeat(64)}`, `/articles/${'x'.repeat(64)}`],
  [`/articles/${'x'.repeat(65)}/comments`, '/articles/:value/comments'],
  [`/sessions/${'x1'.repeat(5000)}`, '/sessions/:id'],
  ['/a'.repeat(5000), '/a'.repeat(10)],
])('makes of %s the pattern %s', (url, pattern) => {
  expect(new PathTemplates().of(url)).toBe(pattern);
});

test('takes a segment with many different values for a parameter', () => {
  const templates = new PathTemplates();
  const words = Array.from({ length: 100 }, (_, n) => `user-${'abcdefghij'[n % 10]}-${n}`);

  const patterns = words.map((word) => templates.of(`/users/${word}/orders`));

  expect(patterns.at(-1)).toBe('/users/:value/orders');
  expect(new Set(patterns).size).toBeLessThanOrEqual(33);
});

test('keeps the number of patterns bounded, whatever clients ask for', () => {
  const segment = fc.string({ minLength: 1, maxLength: 12 }).filter((s) => !/[/?]/.test(s));
  const path = fc.array(segment, { maxLength: 14 }).map((segments) => `/${segments.join('/')}`);

  fc.assert(
    fc.property(fc.array(path, { minLength: 300, maxLength: 600 }), (paths) => {
      const templates = new PathTemplates(100);

      const patterns = new Set(paths.map((one) => templates.of(one)));

      // Every remembered segment ends one pattern at most, and begins few that go on with values.
      expect(patterns.size).toBeLessThanOrEqual(100 * 11);
      for (const pattern of patterns) expect(pattern.split('/').length).toBeLessThanOrEqual(11);
    }),
    { numRuns: 20 },
  );
});

test('gives the same pattern to the same path', () => {
  fc.assert(
    fc.property(fc.string(), (path) => {
      const templates = new PathTemplates();

      const [first, second] = [templates.of(`/${path}`), templates.of(`/${path}`)];

      expect(second).toBe(first);
    }),
  );
});
