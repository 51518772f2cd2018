import { subscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import { addFastifyHooks } from '../tracking/fastify-hooks.js';
import { isHandler, isObject } from '../tracking/objects.js';

/** Learns the routes of every Fastify application that is made from now on, through Fastify's own channel. */
export function followFastify(): void {
  subscribe('fastify.initialization', (message) => {
    if (isObject(message) && isFastify(message['fastify'])) addFastifyHooks(message['fastify'], {});
  });
}

function isFastify(value: unknown): value is FastifyInstance {
  return isObject(value) && isHandler(value['addHook']);
}
