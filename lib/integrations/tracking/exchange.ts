import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse, ServerHttp2Stream } from 'node:http2';

/** What a server answers with, in HTTP/1 and in both of Node's HTTP/2 interfaces. */
export type Outgoing = ServerResponse | Http2ServerResponse | ServerHttp2Stream;

/** What identifies an exchange and emits `close` once, at its end: HTTP/2 interfaces share the stream. */
export type Exchange = ServerResponse | ServerHttp2Stream;

/** How an exchange ended. */
export interface ExchangeEnd {
  readonly statusCode: number;
  /** The connection or the stream was closed before the response was written. */
  readonly isAborted: boolean;
}

/** Status that proxies log for a client that did not wait for its response. */
export const CLIENT_CLOSED_REQUEST = 499;

const STATUS_OK = 200;

export function exchangeOf(outgoing: Outgoing): Exchange {
  return 'stream' in outgoing ? outgoing.stream : outgoing;
}

/** Whether `close` has been emitted, or is about to be. */
export function isOver(exchange: Exchange): boolean {
  return exchange.destroyed || exchange.closed;
}

/** Read when the exchange emits `close`. */
export function endOf(exchange: Exchange): ExchangeEnd {
  if ('sentHeaders' in exchange) {
    return { statusCode: statusSent(exchange), isAborted: exchange.aborted };
  }
  return { statusCode: exchange.statusCode, isAborted: !exchange.writableFinished };
}

function statusSent(stream: ServerHttp2Stream): number {
  const status: unknown = stream.sentHeaders?.[':status'];
  return typeof status === 'number' ? status : STATUS_OK;
}
