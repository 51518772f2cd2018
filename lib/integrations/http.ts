import { Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import { Server as HttpsServer } from 'node:https';
import { invalidArgType } from '../core/validation.js';
import { followStreams } from './tracking/http2-streams.js';
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';
import { isHandler, isObject } from './tracking/objects.js';
import { Routes, routeName } from './tracking/routes.js';
import { ServerRoutes } from './tracking/server-routes.js';
import { type RequestLine, TrackedRequest, type Tracking } from './tracking/tracked-request.js';

export type { IntegrationOptions, RequestLine };

/** A server of `node:http`, `node:https` or `node:http2`. */
export type NodeServer = HttpServer | HttpsServer | Http2Server | Http2SecureServer;

/** Options of `heaptideHttp`. */
export interface HttpOptions extends IntegrationOptions {
  /**
   * The pattern of the route that serves a request, such as `/orders/:id`, or `undefined` for one that no route matches.
   * Asked when the request has ended. @defaultValue patterns made of the paths: segments that look like identifiers, and
   * those that are long or take more than 32 different values, become parameters; answers with 404 are unmatched
   */
  readonly routeOf?: (request: RequestLine) => string | undefined;
}

/**
 * Profiles every request of a server of Node.js, from its arrival to the end of the response. Call it once for each
 * server, before it listens.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when `server` is no server, or an option is wrong.
 *
 * @example
 * ```ts
 * const server = createServer(handle);
 * heaptideHttp(server, { routeOf: (request) => router.match(request.url)?.pattern });
 * ```
 */
export function heaptideHttp(server: NodeServer, options: HttpOptions = {}): void {
  if (!isServer(server))
    throw invalidArgType('server', 'a server of node:http or node:http2', server);
  const tracking = { profilerOf: profilerSource(options), findRoute: routeFinder(options) };

  if (server instanceof HttpServer || server instanceof HttpsServer) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      TrackedRequest.begin(request, response, tracking);
    });
  } else {
    followStreams(server, tracking);
  }
}

function routeFinder({ routeOf }: HttpOptions): Tracking['findRoute'] {
  if (routeOf === undefined) return new ServerRoutes().find;
  if (!isHandler(routeOf)) throw invalidArgType('options.routeOf', 'a function', routeOf);
  const routes = new Routes();
  return (request) => {
    const pattern = routeOf(request);
    if (pattern === undefined) return routes.unmatched;
    return routes.named(routeName(request.method, pattern));
  };
}

function isServer(value: unknown): value is NodeServer {
  return isObject(value) && isHandler(value['prependListener']) && isHandler(value['listen']);
}
