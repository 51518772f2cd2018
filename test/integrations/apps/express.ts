import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import express from 'express';
import { heaptideExpress } from '../../../lib/integrations/express.js';
import { denied, type FrameworkApp, listening } from '../framework-app.js';

// Installed beside Express 5 under another name, for which there are no types.
const express4: typeof express = createRequire(import.meta.url)('express4');

const expressApp = (name: string, make: typeof express): FrameworkApp => ({
  name,
  tellsErrors: false,
  start(profiler, gate) {
    const app = make();
    app.use(heaptideExpress({ profiler }));
    app.get('/orders/:id', function showOrder(request, response) {
      response.json({ id: request.params['id'] });
    });
    app.post('/orders', (_request, response) => void response.status(201).end());
    const shop = make.Router({ mergeParams: true });
    shop.get('/orders/:id', (request, response) => void response.json(request.params));
    app.use('/shops/:shop', shop);
    app.get('/fails', () => {
      throw new Error('broken');
    });
    app.get('/denied', (_request, _response, next) => next(denied()));
    app.get('/stream', async (_request, response) => {
      response.write('first');
      await gate.opened;
      response.end('last');
    });
    app.set('env', 'test');
    return listening(createServer(app));
  },
});

export const EXPRESS_APPS = [expressApp('Express 5', express), expressApp('Express 4', express4)];
