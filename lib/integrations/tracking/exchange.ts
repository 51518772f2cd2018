import { ServerResponse } from 'node:http';
import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2';
import { isObject, readProperty } from './objects.js';

/** What a server answers with, in HTTP/1 and in both of Node's HTTP/2 interfaces. */
export type Outgoing = ServerResponse | Http2ServerResponse | ServerHttp2Stream;

/** What identifies an exchange and emits `close` once, at its end: HTTP/2 interfaces share the stream. */
export type Exchange = ServerResponse | ServerHttp2Stream;

/** Status that proxies log for a client that did not wait for its response. */
export const CLIENT_CLOSED_REQUEST = 499;

const STATUS_OK = 200;

export function exchangeOf(outgoing: Outgoing): Exchange {
  if (outgoing instanceof ServerResponse) return outgoing;
  return 'stream' in outgoing ? outgoing.stream : outgoing;
}

/**
 * The connection of an exchange, which the client closes with it: none in HTTP/2. The request has it from the start, the
 * response not before it is its turn.
 */
export function connectionOf(request: { readonly socket?: unknown }, exchange: Exchange): unknown {
  return exchange instanceof ServerResponse ? request.socket : undefined;
}

/** Whether `close` has been emitted, or is about to be. */
export function isOver(exchange: Exchange): boolean {
  return exchange.destroyed || exchange.closed;
}

/**
 * Whether the response was written, or the client went before. Asked when the exchange emits `close`: `finish` would say
 * it too, but a second listener costs as much as all the rest of following a request. A client that goes takes the
 * connection with it, so one that is still open says it sooner than the response, which has a shape of its own where
 * Express has seen it.
 */
export function isWritten(exchange: Exchange, connection: unknown): boolean {
  if (isObject(connection) && connection['destroyed'] === false) return true;
  // A stream that is reset counts as written.
  if (!(exchange instanceof ServerResponse)) return !exchange.aborted;
  if (readProperty(exchange, 'writableFinished') !== true) return false;
  // A response lets go of its socket when it is written; one that is injected keeps what stands for a socket.
  const socket = readProperty(exchange, 'socket');
  return !isObject(socket) || socket['destroyed'] !== true;
}

/** Read when the exchange emits `close`. */
export function statusOf(exchange: Exchange): number {
  const status: unknown =
    exchange instanceof ServerResponse
      ? readProperty(exchange, 'statusCode')
      : exchange.sentHeaders?.[':status'];
  return typeof status === 'number' ? status : STATUS_OK;
}
