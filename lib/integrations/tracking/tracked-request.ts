import type { EndpointProfiler } from '../../profiler/endpoint-profiler.js';
import type { Endpoint, RequestRecorder } from '../../profiler/request-recorder.js';
import {
  CLIENT_CLOSED_REQUEST,
  connectionOf,
  type Exchange,
  exchangeOf,
  isOver,
  isWritten,
  type Outgoing,
  statusOf,
} from './exchange.js';
import { type Route, UNMATCHED_NAME } from './route.js';

/** The parts of a request that routes are found from. Frameworks add their own to it. */
export interface RequestLine {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
}

/** A request that has just arrived. */
export interface Incoming extends RequestLine {
  readonly socket?: unknown;
}

/** Finds the route of a request that has ended and that nobody has named. */
export type RouteFinder = (request: RequestLine, statusCode: number) => Route;

/** What an integration follows all its requests with. */
export interface Tracking {
  /** The profiler at the time of a request. */
  readonly profilerOf: () => EndpointProfiler;
  readonly findRoute: RouteFinder;
}

/**
 * Where an exchange keeps its request. In a `WeakMap`, which is old to V8, every request would outlive the scavenges
 * and wait for a major GC: 5 us more per request. Keeping it by the connection instead, until Node.js publishes that the
 * response is finished, saves the property and the listener, but the message for each response costs as much.
 */
const TRACKED = Symbol('heaptide.request');

type Followed = Exchange & { [TRACKED]?: TrackedRequest };

/**
 * A request of an HTTP server, from its arrival to the end of its response: when the response is written, or when the
 * client has gone. An exchange is followed once, however many integrations see it; each adds what it knows.
 */
export class TrackedRequest {
  /** Follows the request from now on. Returns nothing while profiling is off, and for an exchange that is over. */
  static begin(
    request: Incoming,
    outgoing: Outgoing,
    { profilerOf, findRoute }: Tracking,
  ): TrackedRequest | undefined {
    const exchange: Followed = exchangeOf(outgoing);
    const known = exchange[TRACKED];
    if (known !== undefined) return known;
    const { recorder } = profilerOf();
    if (recorder === undefined || isOver(exchange)) return undefined;
    const tracked = new TrackedRequest(
      request,
      connectionOf(request, exchange),
      recorder,
      findRoute,
    );
    exchange[TRACKED] = tracked;
    // One function for all would find its request on the exchange, which costs more where Express has seen it.
    exchange.on('close', () => tracked.#end(exchange));
    return tracked;
  }

  /** The route, where the framework has told it. */
  route: Route | undefined;
  /** What the handler threw, where the framework has told it. */
  error: unknown;
  readonly #request: RequestLine;
  readonly #connection: unknown;
  readonly #recorder: RequestRecorder;
  readonly #findRoute: RouteFinder;
  readonly #slot: number;

  private constructor(
    request: RequestLine,
    connection: unknown,
    recorder: RequestRecorder,
    findRoute: RouteFinder,
  ) {
    this.#request = request;
    this.#connection = connection;
    this.#recorder = recorder;
    this.#findRoute = findRoute;
    this.#slot = recorder.beginUnnamed();
  }

  #end(exchange: Exchange): void {
    const statusCode = statusOf(exchange);
    const endpoint = this.#endpoint(statusCode);
    if (isWritten(exchange, this.#connection)) {
      this.#recorder.finishNamed(endpoint, this.#slot, statusCode, this.error);
    } else {
      const error =
        this.error ?? 'The client closed the connection before the response was written';
      this.#recorder.finishNamed(endpoint, this.#slot, CLIENT_CLOSED_REQUEST, error);
    }
  }

  /** Runs in the host's event handler, over objects that the host owns: whatever they throw ends here. */
  #endpoint(statusCode: number): Endpoint {
    try {
      this.route ??= this.#findRoute(this.#request, statusCode);
      return this.route.endpointIn(this.#recorder);
    } catch (error) {
      this.#recorder.noteInternalError(error);
      return this.#recorder.endpointOf(UNMATCHED_NAME);
    }
  }
}
