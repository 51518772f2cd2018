import http2 from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';
import { followStreams } from '../tracking/http2-streams.js';
import type { Tracking } from '../tracking/tracked-request.js';

/**
 * Follows the requests of every HTTP/2 server that is made from now on. Node.js 20 has no channel for them, so the two
 * functions that make servers get a listener into what they make.
 */
export function followHttp2Servers(tracking: Tracking): void {
  http2.createServer = following(http2.createServer, tracking);
  http2.createSecureServer = following(http2.createSecureServer, tracking);
  // Named imports of ES modules see the new functions too.
  syncBuiltinESMExports();
}

function following<T extends typeof http2.createServer | typeof http2.createSecureServer>(
  createServer: T,
  tracking: Tracking,
): T {
  return new Proxy(createServer, {
    apply(target, self, args) {
      const server = Reflect.apply(target, self, args);
      followStreams(server, tracking);
      return server;
    },
  });
}
