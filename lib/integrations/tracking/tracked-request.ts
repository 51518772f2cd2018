import type { EndpointProfiler } from '../../profiler/endpoint-profiler.js';
import type { Endpoint, RequestRecorder } from '../../profiler/request-recorder.js';
import {
  CLIENT_CLOSED_REQUEST,
  type Exchange,
  exchangeOf,
  isOver,
  type Outgoing,
  onWritten,
  statusOf,
} from './exchange.js';
import { type Route, UNMATCHED_NAME } from './route.js';

/** The parts of a request that routes are found from. Frameworks add their own to it. */
export interface RequestLine {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
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
 * and wait for a major GC: 5 us more per request.
 */
const TRACKED = Symbol('heaptide.request');

/**
 * A request of an HTTP server, from its arrival to the end of its response: when the response is written, or when the
 * client has gone. An exchange is followed once, however many integrations see it; each adds what it knows.
 */
export class TrackedRequest {
  /** Follows the request from now on. Returns nothing while profiling is off, and for an exchange that is over. */
  static begin(
    request: RequestLine,
    outgoing: Outgoing,
    { profilerOf, findRoute }: Tracking,
  ): TrackedRequest | undefined {
    const { recorder } = profilerOf();
    if (recorder === undefined) return undefined;
    const exchange: Exchange & { [TRACKED]?: TrackedRequest } = exchangeOf(outgoing);
    const known = exchange[TRACKED];
    if (known !== undefined || isOver(exchange)) return known;
    const tracked = new TrackedRequest(request, recorder, findRoute);
    exchange[TRACKED] = tracked;
    onWritten(exchange, () => {
      tracked.#isWritten = true;
    });
    exchange.on('close', () => tracked.#end(exchange));
    return tracked;
  }

  /** The route, where the framework has told it. */
  route: Route | undefined;
  /** What the handler threw, where the framework has told it. */
  error: unknown;
  readonly #request: RequestLine;
  readonly #recorder: RequestRecorder;
  readonly #findRoute: RouteFinder;
  readonly #slot: number;
  #isWritten = false;

  private constructor(request: RequestLine, recorder: RequestRecorder, findRoute: RouteFinder) {
    this.#request = request;
    this.#recorder = recorder;
    this.#findRoute = findRoute;
    this.#slot = recorder.beginUnnamed();
  }

  #end(exchange: Exchange): void {
    const statusCode = statusOf(exchange);
    const endpoint = this.#endpoint(statusCode);
    if (this.#isWritten) {
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
