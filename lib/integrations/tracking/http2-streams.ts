import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { TrackedRequest, type Tracking } from './tracked-request.js';

/**
 * Follows the requests of an HTTP/2 server. It listens for streams, which both interfaces of Node.js have: a listener
 * for `request` would switch the compatibility interface on for a server that does without.
 */
export function followStreams(
  server: Pick<Http2Server, 'prependListener'>,
  tracking: Tracking,
): void {
  server.prependListener('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    const request = { method: textOf(headers[':method']), url: textOf(headers[':path']) };
    TrackedRequest.begin(request, stream, tracking);
  });
}

function textOf(header: unknown): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
