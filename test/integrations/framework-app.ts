import type { Server as HttpServer } from 'node:http';
import type { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';

/**
 * The same small application in every framework:
 *
 * - `GET /orders/:id` answers with JSON, by a function named `showOrder`
 * - `POST /orders` answers with 201
 * - `GET /shops/:shop/orders/:id` is the route of a router that is mounted under a parameter
 * - `GET /fails` throws an error, `GET /denied` one with status 403
 * - `GET /stream` writes, waits until `release` is called, and ends
 */
export interface FrameworkApp {
  readonly name: string;
  /** Whether the framework tells the error itself. */
  readonly tellsErrors: boolean;
  /** Starts it on a free port of the loopback interface. */
  readonly start: (profiler: EndpointProfiler, gate: Gate) => Promise<RunningApp>;
}

export interface RunningApp {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Holds streams open until a test lets them go. */
export class Gate {
  readonly opened: Promise<void>;
  #open: () => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }
}

export function denied(): Error {
  return Object.assign(new Error('Not yours\nstack and secrets'), { status: 403, statusCode: 403 });
}

/** Listens, and closes with all connections. */
export async function listening(server: HttpServer): Promise<RunningApp> {
  if (!server.listening) {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: address.port, close };
}
