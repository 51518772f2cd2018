import { expect, test } from 'vitest';
import { Route } from '../../../lib/integrations/tracking/route.js';
import { RouteCache } from '../../../lib/integrations/tracking/route-cache.js';
import { routeName } from '../../../lib/integrations/tracking/routes.js';

test.each([
  ['GET', '/orders/:id', 'GET /orders/:id'],
  [undefined, '/orders/:id', 'GET /orders/:id'],
  ['M-SEARCH', '/', 'M-SEARCH /'],
  ['get', '/', '(other method) /'],
  ['M1', '/', '(other method) /'],
  ['', '/', '(other method) /'],
  ['GET', `/${'x'.repeat(5000)}`, `GET /${'x'.repeat(999)}`],
])('calls the route of %o and %s %s', (method, pattern, name) => {
  expect(routeName(method, pattern)).toBe(name);
});

test('a route is remembered by the methods that exist only', () => {
  const cache = new RouteCache();
  const owner = {};
  const [known, invented] = [new Route('GET /'), new Route('(other method) /')];

  cache.set(owner, 'GET', known);
  cache.set(owner, 'M1', invented);

  expect(cache.get(owner, 'GET')).toBe(known);
  expect(cache.get(owner, 'M1')).toBeUndefined();
});
