import { Readable } from 'node:stream';
import Fastify from 'fastify';
import { heaptideFastify } from '../../../lib/integrations/fastify.js';
import { denied, type FrameworkApp, listening } from '../framework-app.js';

export const FASTIFY_APP: FrameworkApp = {
  name: 'Fastify',
  tellsErrors: true,
  async start(profiler, gate) {
    const app = Fastify();
    await app.register(heaptideFastify, { profiler });
    app.get('/orders/:id', async function showOrder(request) {
      return request.params;
    });
    app.post('/orders', async (_request, reply) => reply.code(201).send());
    await app.register(async (shop) => shop.get('/orders/:id', async ({ params }) => params), {
      prefix: '/shops/:shop',
    });
    app.get('/fails', async () => {
      throw new Error('broken');
    });
    app.get('/denied', async () => {
      throw denied();
    });
    app.get('/stream', async (_request, reply) => {
      async function* chunks() {
        yield 'first';
        await gate.opened;
        yield 'last';
      }
      return reply.send(Readable.from(chunks()));
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    return listening(app.server);
  },
};
