import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { reasonOf } from '../core/errors.js';
import { outOfRange, validateObject, validateString } from '../core/validation.js';
import { LivePage } from './live-page.js';
import { type IntegrationOptions, profilerSource } from './tracking/integration-options.js';

/** A shorter secret can be guessed. */
const MIN_TOKEN_LENGTH = 16;

/** Options of `heaptideDashboard`. */
export interface DashboardOptions extends IntegrationOptions {
  /** The secret that each request must carry, at least 16 characters. */
  readonly token: string;
}

/** A request handler of `node:http`, which Express and Connect take as middleware too. */
export type DashboardHandler = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The report on what the service has recorded so far, as a page that the service itself shows. It is read-only, and off
 * until you mount it.
 *
 * Answers only requests from the same machine that came through no proxy and carry the token, as `Authorization: Bearer`
 * or as `?token=`. The page is made by a process of its own, of low priority, at most once in five seconds: the service
 * is not held up.
 *
 * @throws `ERR_INVALID_ARG_TYPE`, `ERR_OUT_OF_RANGE` when an option is wrong.
 *
 * @example
 * ```ts
 * app.use('/heaptide', heaptideDashboard({ token: process.env.DASHBOARD_TOKEN }));
 * ```
 */
export function heaptideDashboard(options: DashboardOptions): DashboardHandler {
  const profilerOf = profilerSource(options);
  const token = validateToken(validateObject('options', options)['token']);
  const page = new LivePage(profilerOf);
  return (request, response) => {
    const refusal = refuse(request, token);
    if (refusal !== undefined) {
      answer(response, refusal);
      return;
    }
    page.latest().then(
      (body) => answer(response, { status: 200, body, type: 'text/html' }),
      (error: unknown) => answer(response, { status: 503, body: describeFailure(error) }),
    );
  };
}

function validateToken(value: unknown): string {
  const token = validateString('options.token', value);
  // The message must not tell the secret.
  if (token.length < MIN_TOKEN_LENGTH) {
    throw outOfRange('options.token.length', `at least ${MIN_TOKEN_LENGTH}`, token.length);
  }
  return token;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly type?: 'text/html' | 'text/plain';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a request is not served; `undefined` for one that is. */
function refuse(request: IncomingMessage, token: string): Answer | undefined {
  if (!isLocal(request)) return { status: 403, body: 'Only from this machine, without a proxy' };
  if (!isAuthorized(request, token)) {
    const headers = { 'www-authenticate': 'Bearer' };
    return { status: 401, body: 'The token is missing or wrong', headers };
  }
  if (request.method === 'GET' || request.method === 'HEAD') return undefined;
  return { status: 405, body: 'Read-only', headers: { allow: 'GET, HEAD' } };
}

/** A proxy on the same machine makes every request look local, but says so. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const isProxied = 'x-forwarded-for' in headers || 'forwarded' in headers || 'via' in headers;
  return !isProxied && /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}

function isAuthorized({ headers, url = '' }: IncomingMessage, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const given = bearer ?? new URLSearchParams(query).get('token') ?? '';
  // Digests have one length, which is what a comparison in constant time needs.
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function answer(response: ServerResponse, { status, body, type = 'text/plain', headers }: Answer) {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...headers,
  });
  response.end(body);
}

function describeFailure(error: unknown): string {
  return `The report cannot be made: ${reasonOf(error)}`;
}
