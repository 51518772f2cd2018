import { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { stream } from 'hono/streaming';
import { heaptideHono } from '../../../lib/integrations/hono.js';
import { denied, type FrameworkApp, listening } from '../framework-app.js';

export const HONO_APP: FrameworkApp = {
  name: 'Hono',
  tellsErrors: true,
  async start(profiler, gate) {
    const app = new Hono();
    app.use(heaptideHono({ profiler }));
    app.get('/orders/:id', function showOrder(context) {
      return context.json({ id: context.req.param('id') });
    });
    app.post('/orders', (context) => context.body(null, 201));
    const shop = new Hono();
    shop.get('/orders/:id', (context) => context.json(context.req.param()));
    app.route('/shops/:shop', shop);
    app.get('/fails', () => {
      throw new Error('broken');
    });
    app.get('/denied', () => {
      throw denied();
    });
    app.get('/stream', (context) =>
      stream(context, async (body) => {
        await body.write('first');
        await gate.opened;
        await body.write('last');
      }),
    );
    app.onError((error, context) => context.text('error', 'status' in error ? 403 : 500));
    const server = await new Promise<unknown>((resolve) => {
      const made = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(made));
    });
    if (!(server instanceof Server)) throw new Error('not a server of node:http');
    return listening(server);
  },
};
