import { ServerResponse } from 'node:http';
import { Http2ServerResponse } from 'node:http2';
import type {
  CallHandler,
  DynamicModule,
  ExecutionContext,
  NestInterceptor,
} from '@nestjs/common' with { 'resolution-mode': 'import' };
import type { HttpAdapterHost } from '@nestjs/core' with { 'resolution-mode': 'import' };
import type { FastifyInstance } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { EndpointProfiler } from '../profiler/endpoint-profiler.js';
import { heaptideExpress } from './express.js';
import { ExpressRoutes } from './tracking/express-routes.js';
import { addFastifyHooks } from './tracking/fastify-hooks.js';
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';
import { isHandler, isObject } from './tracking/objects.js';
import { Routes } from './tracking/routes.js';
import { TrackedRequest, type Tracking } from './tracking/tracked-request.js';

export type { IntegrationOptions };

/**
 * Profiles the handlers of controllers, on the Express and the Fastify adapter: use it alone for single controllers, or
 * through {@link HeaptideModule} for a whole application. The endpoint is the method and the pattern of the route, with
 * global prefix and version. Calls that are not HTTP pass unprofiled; decorate those with `profileEndpoint`.
 */
export class HeaptideInterceptor implements NestInterceptor {
  readonly #express = new ExpressRoutes();
  readonly #routes = new Routes();
  readonly #tracking: Tracking;

  /** @throws `ERR_INVALID_ARG_TYPE` when an option is wrong. */
  constructor(options: IntegrationOptions = {}) {
    this.#tracking = { profilerOf: profilerSource(options), findRoute: this.#express.find };
  }

  /** Follows the request that the handler serves, and notes what the handler throws. */
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const tracked = this.#begin(context);
    if (tracked === undefined) return next.handle();
    const noteError = (error: unknown) => {
      tracked.error = error;
    };
    return next.handle().pipe(tap({ error: noteError }));
  }

  #begin(context: ExecutionContext): TrackedRequest | undefined {
    if (context.getType() !== 'http') return undefined;
    const http = context.switchToHttp();
    const request = rawOf(http.getRequest());
    const response = rawOf(http.getResponse());
    if (!isObject(request) || !isOutgoing(response)) return undefined;
    const tracked = TrackedRequest.begin(request, response, this.#tracking);
    if (tracked === undefined) return undefined;
    const { name } = tracked.route ?? this.#express.find(request);
    const handler = context.getHandler();
    tracked.route = this.#routes.named(name, isHandler(handler) ? handler : undefined);
    return tracked;
  }
}

/**
 * Profiles every request of a Nest application on the Express or the Fastify adapter: those of controllers, and those
 * that guards, pipes or nobody answered. Provides the `EndpointProfiler` for injection, everywhere.
 *
 * @example
 * ```ts
 * @Module({ imports: [HeaptideModule.forRoot()] })
 * class AppModule {}
 * ```
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest knows a module by its class.
export class HeaptideModule {
  /**
   * The module. Nest waits for it.
   *
   * @throws `ERR_INVALID_ARG_TYPE` when an option is wrong.
   */
  static async forRoot(options: IntegrationOptions = {}): Promise<DynamicModule> {
    const interceptor = new HeaptideInterceptor(options);
    // Imported here, since new versions of Nest are ES modules, which CommonJS may not require everywhere.
    const { APP_INTERCEPTOR, HttpAdapterHost } = await import('@nestjs/core');
    return {
      module: HeaptideModule,
      global: true,
      providers: [
        { provide: EndpointProfiler, useFactory: profilerSource(options) },
        {
          provide: APP_INTERCEPTOR,
          inject: [HttpAdapterHost],
          useFactory: ({ httpAdapter }: HttpAdapterHost) => {
            attach(httpAdapter, options);
            return interceptor;
          },
        },
      ],
      exports: [EndpointProfiler],
    };
  }
}

/** Follows requests from before the parsers and guards. Microservices have no adapter. */
function attach(adapter: HttpAdapterHost['httpAdapter'] | undefined, options: IntegrationOptions) {
  if (adapter === undefined) return;
  if (adapter.getType() === 'fastify')
    addFastifyHooks(adapter.getInstance<FastifyInstance>(), options);
  else adapter.use(heaptideExpress(options));
}

/** Fastify wraps the objects of Node.js. */
function rawOf(value: unknown): unknown {
  return isObject(value) && isObject(value['raw']) ? value['raw'] : value;
}

function isOutgoing(value: unknown): value is ServerResponse | Http2ServerResponse {
  return value instanceof ServerResponse || value instanceof Http2ServerResponse;
}
