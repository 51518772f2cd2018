import 'reflect-metadata';
import { Readable } from 'node:stream';
import {
  Controller,
  Get,
  HttpException,
  type INestApplication,
  Module,
  Param,
  Post,
  StreamableFile,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HeaptideModule } from '../../../lib/integrations/nest.js';
import type { EndpointProfiler } from '../../../lib/profiler/endpoint-profiler.js';
import { type FrameworkApp, type Gate, listening } from '../framework-app.js';

// Decorators are applied by hand: the test runner compiles neither dialect.
function applicationModule(profiler: EndpointProfiler, gate: Gate): new () => object {
  class Orders {
    showOrder(id: string) {
      return { id };
    }
    createOrder() {}
    fails() {
      throw new Error('broken');
    }
    denied() {
      throw new HttpException('Not yours\nstack and secrets', 403);
    }
    stream() {
      async function* chunks() {
        yield 'first';
        await gate.opened;
        yield 'last';
      }
      return new StreamableFile(Readable.from(chunks(), { objectMode: false }));
    }
  }
  decorate(Orders, 'showOrder', Get('orders/:id'));
  Param('id')(Orders.prototype, 'showOrder', 0);
  decorate(Orders, 'createOrder', Post('orders'));
  decorate(Orders, 'fails', Get('fails'));
  decorate(Orders, 'denied', Get('denied'));
  decorate(Orders, 'stream', Get('stream'));
  Controller()(Orders);

  class ShopOrders {
    show(shop: string, id: string) {
      return { shop, id };
    }
  }
  decorate(ShopOrders, 'show', Get('orders/:id'));
  Param('shop')(ShopOrders.prototype, 'show', 0);
  Param('id')(ShopOrders.prototype, 'show', 1);
  Controller('shops/:shop')(ShopOrders);

  class Application {}
  Module({
    imports: [HeaptideModule.forRoot({ profiler })],
    controllers: [Orders, ShopOrders],
  })(Application);
  return Application;
}

function decorate(type: { prototype: object }, method: string, decorator: MethodDecorator): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, method);
  if (descriptor === undefined) throw new Error(`no method ${method}`);
  decorator(type.prototype, method, descriptor);
}

const nestApp = (
  name: string,
  create: (module: new () => object) => Promise<INestApplication>,
): FrameworkApp => ({
  name,
  tellsErrors: true,
  async start(profiler, gate) {
    const app = await create(applicationModule(profiler, gate));
    await app.listen(0, '127.0.0.1');
    return listening(app.getHttpServer());
  },
});

export const NEST_APPS = [
  nestApp('Nest on Express', (module) =>
    NestFactory.create(module, new ExpressAdapter(), { logger: false }),
  ),
  nestApp('Nest on Fastify', (module) =>
    NestFactory.create<NestFastifyApplication>(module, new FastifyAdapter(), { logger: false }),
  ),
];
