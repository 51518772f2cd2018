import { subscribe } from 'node:diagnostics_channel';
import type { Http2Server } from 'node:http2';
import { followStreams } from '../tracking/http2-streams.js';
import { isHandler, isObject } from '../tracking/objects.js';
import type { Tracking } from '../tracking/tracked-request.js';

const CONNECTION_CHANNEL = 'net.server.socket';

/**
 * Follows the requests of every HTTP/2 server of this thread, present and future. Node.js 20 has no channel for them, so
 * each gets a listener with its next connection, before anything is read from it. `node:http2` itself is not loaded for
 * that: it takes memory, and the HTTP/1 requests of a process that had loaded it took about 2 % more.
 */
export function followHttp2Servers(tracking: Tracking): void {
  const followed = new WeakSet<object>();
  subscribe(CONNECTION_CHANNEL, (message) => {
    const socket = isObject(message) ? message['socket'] : undefined;
    const server = isObject(socket) ? socket['server'] : undefined;
    if (!isHttp2Server(server) || followed.has(server)) return;
    followed.add(server);
    followStreams(server, tracking);
  });
}

function isHttp2Server(server: unknown): server is Pick<Http2Server, 'prependListener'> {
  return isObject(server) && isHandler(server['updateSettings']);
}
