import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { PathTemplates } from '../../../lib/integrations/tracking/path-templates.js';
import { Route } from '../../../lib/integrations/tracking/route.js';
import { RouteCache } from '../../../lib/integrations/tracking/route-cache.js';
import { Routes, routeName } from '../../../lib/integrations/tracking/routes.js';

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

test('routes keep nothing of the URLs that they were made of', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const paths = letters.flatMap((a) => letters.map((b) => `/${a}/${b}-and-a-long-word`));
  const query = `?${'y'.repeat(100_000)}`;
  const templates = new PathTemplates();
  const routes = new Routes();
  const nameOf = (path: string) => routes.named(routeName('GET', templates.of(path + query))).name;

  collect();
  const beforeBytes = process.memoryUsage().heapUsed;
  for (const path of paths) nameOf(path);
  collect();

  expect(process.memoryUsage().heapUsed - beforeBytes).toBeLessThan(10_000_000);
  expect(paths.map(nameOf)).toEqual(paths.map((path) => `GET ${path}`));
});
