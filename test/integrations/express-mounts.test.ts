// Where a route of Express is mounted: what its own pattern does not say.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';
import { heaptideExpress } from '../../lib/integrations/express.js';
import { listening } from './framework-app.js';
import { recordingProfiler, statusesOf } from './recorded.js';
import { call, until } from './requests.js';

const express4: typeof express = createRequire(import.meta.url)('express4');

const answer = (_request: unknown, response: { end: (text: string) => void }) => {
  response.end('ok');
};

/** The endpoints under which the application's answers to the paths are recorded. */
async function endpointsOf(app: Express, paths: readonly string[]): Promise<string[]> {
  const { profiler, records } = recordingProfiler();
  const outer = createServer((request, response) => {
    heaptideExpress({ profiler })(request, response, () => app(request, response));
  });
  const { port, close } = await listening(outer);
  onTestFinished(close);
  for (const path of paths) await call(port, path);
  await until(() => profiler.getStats().requestsFinished === paths.length);
  return Object.keys(statusesOf(await records())).sort();
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('%s', (_, make) => {
  test('names routes of routers in routers', async () => {
    const app = make();
    const inner = make.Router().get('/lines/:line', answer).get('/', answer);
    const outer = make.Router().use('/orders/:order', inner);
    app.use('/api', make.Router().use('/shops/:shop', outer));

    const endpoints = await endpointsOf(app, [
      '/api/shops/nord/orders/5/lines/1',
      '/api/shops/sued/orders/6/lines/2',
      '/api/shops/sued/orders/6',
    ]);

    expect(endpoints).toEqual([
      'GET /api/shops/:shop/orders/:order',
      'GET /api/shops/:shop/orders/:order/lines/:line',
    ]);
  });

  test('tells the places apart at which one router is mounted', async () => {
    const app = make();
    const shared = make.Router().get('/health/:probe', answer);
    app.use('/public', shared).use('/internal/:zone', shared);

    const endpoints = await endpointsOf(app, ['/public/health/a', '/internal/x/health/b']);

    expect(endpoints).toEqual(['GET /internal/:zone/health/:probe', 'GET /public/health/:probe']);
  });

  test('tells the patterns of one mount apart, and values from the resources that they are called like', async () => {
    const app = make();
    app.use(['/shops/:shop', '/stores'], make.Router().get('/orders', answer));

    const endpoints = await endpointsOf(app, ['/shops/shops/orders', '/stores/orders']);

    expect(endpoints).toEqual(['GET /shops/:shop/orders', 'GET /stores/orders']);
  });

  test('names routes of applications in applications', async () => {
    const app = make();
    const admin = make();
    admin.get('/users/:user', answer);
    admin.use('/reports', make.Router().get('/:year', answer));
    app.use('/admin', admin);

    const endpoints = await endpointsOf(app, ['/admin/users/eve', '/admin/reports/2024']);

    expect(endpoints).toEqual(['GET /admin/reports/:year', 'GET /admin/users/:user']);
  });

  test('names the route of a mounted router that fails', async () => {
    const app = make();
    const failing = make.Router().get('/:id', (_request, _response, next) => {
      setImmediate(() => next(new Error('broken')));
    });
    const onError: ErrorRequestHandler = (_error, _request, response, _next) => {
      response.status(503).end();
    };
    app.use('/shops/:shop', failing).use(onError);

    const endpoints = await endpointsOf(app, ['/shops/nord/5']);

    expect(endpoints).toEqual(['GET /shops/:shop/:id']);
  });

  test('counts static files and requests that middleware answers as unmatched', async () => {
    const app = make();
    app.use('/assets', make.static(import.meta.dirname));
    app.use('/blocked', (_request, response) => void response.status(401).end());

    const endpoints = await endpointsOf(app, ['/assets/requests.ts', '/blocked/a', '/blocked/b']);

    expect(endpoints).toEqual(['(unmatched)']);
  });

  test('keeps lists and regular expressions as they are written', async () => {
    const app = make();
    app.get(['/a', '/b/:id'], answer);
    app.get(/^\/c(\d+)$/, answer);

    const endpoints = await endpointsOf(app, ['/a', '/b/1', '/c12']);

    expect(endpoints).toEqual([String.raw`GET /^\/c(\d+)$/`, 'GET /a|/b/:id']);
  });

  test('does not stumble over a path that cannot be decoded', async () => {
    const app = make();
    app.use('/shops/:shop', make.Router().get('/', answer));

    expect(await endpointsOf(app, ['/shops/%E0%A4%A'])).toEqual(['(unmatched)']);
  });
});
