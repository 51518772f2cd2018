import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { addFastifyHooks } from './tracking/fastify-hooks.js';
import type { IntegrationOptions } from './tracking/integration-options.js';

export type { IntegrationOptions };

/**
 * Profiles every request of a Fastify application, over HTTP/1 or HTTP/2, from its arrival to the end of the response.
 * Register it before the routes. The endpoint is the method and the pattern of the route with its prefixes; requests
 * that no route matches share the name `(unmatched)`.
 *
 * @throws `ERR_INVALID_ARG_TYPE` when an option is wrong.
 *
 * @example
 * ```ts
 * const app = Fastify();
 * await app.register(heaptideFastify);
 * ```
 */
export const heaptideFastify: FastifyPluginCallback<IntegrationOptions> = Object.assign(
  (fastify: FastifyInstance, options: IntegrationOptions, done: () => void) => {
    addFastifyHooks(fastify, options);
    done();
  },
  // The hooks are for the whole application, not for a scope of the plugin's own.
  { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: 'heaptide' },
);
