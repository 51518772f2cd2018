import type { IncomingMessage, ServerResponse } from 'node:http';
import { ExpressRoutes } from './tracking/express-routes.js';
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';
import { TrackedRequest } from './tracking/tracked-request.js';

export type { IntegrationOptions };

/** A middleware of Express and of everything else that takes Connect's. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Profiles every request of an Express 4 or 5 application, from this middleware to the end of the response. Put it
 * first. The endpoint is the method and the pattern of the route with those of its routers, `GET /shops/:shop/orders/:id`;
 * requests that no route handles share the name `(unmatched)`.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when an option is wrong.
 *
 * @example
 * ```ts
 * const app = express();
 * app.use(heaptideExpress());
 * ```
 */
export function heaptideExpress(options: IntegrationOptions = {}): Middleware {
  const tracking = { profilerOf: profilerSource(options), findRoute: new ExpressRoutes().find };
  return function heaptide(request, response, next) {
    TrackedRequest.begin(request, response, tracking);
    next();
  };
}
