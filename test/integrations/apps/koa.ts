import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import Router from '@koa/router';
import Koa from 'koa';
import { heaptideKoa } from '../../../lib/integrations/koa.js';
import { denied, type FrameworkApp, listening } from '../framework-app.js';

export const KOA_APP: FrameworkApp = {
  name: 'Koa',
  tellsErrors: true,
  start(profiler, gate) {
    const app = new Koa();
    app.silent = true;
    app.use(heaptideKoa({ profiler }));
    const router = new Router();
    router.get('/orders/:id', function showOrder(context) {
      context.body = { id: context.params['id'] };
    });
    router.post('/orders', (context) => {
      context.status = 201;
    });
    const shop = new Router();
    shop.get('/orders/:id', (context) => {
      context.body = context.params;
    });
    router.use('/shops/:shop', shop.routes());
    router.get('/fails', () => {
      throw new Error('broken');
    });
    router.get('/denied', () => {
      throw denied();
    });
    router.get('/stream', (context) => {
      async function* chunks() {
        yield 'first';
        await gate.opened;
        yield 'last';
      }
      context.body = Readable.from(chunks());
    });
    app.use(router.routes());
    return listening(createServer(app.callback()));
  },
};
