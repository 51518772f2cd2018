/** Status of a request that returned and said nothing else, and of one that threw and said nothing else. */
export const STATUS_OK = 200;
const STATUS_ERROR = 500;

/**
 * Status of a request that returned: the response object's, else the returned value's, else 200. Handlers take
 * `(request, response)` (node:http, Express, Fastify) or one context with a `status` (Koa).
 */
export function statusOfResult(response: unknown, result: unknown): number {
  return statusIn(response) ?? statusIn(result) ?? STATUS_OK;
}

/** Status of a request that threw: the error's, else the response object's when it says an error, else 500. */
export function statusOfError(response: unknown, error: unknown): number {
  const own = statusIn(error);
  if (own !== undefined) return own;
  const sent = statusIn(response);
  return sent !== undefined && sent >= 400 ? sent : STATUS_ERROR;
}

/** The response among a handler's arguments: the second one, or the only one. */
export function responseAmong(args: ArrayLike<unknown>): unknown {
  return args.length > 1 ? args[1] : args[0];
}

/** First line of what was thrown, at most 200 characters; never a stack, which would show paths and arguments. */
export function messageOf(error: unknown): string {
  try {
    const text = String(error instanceof Error ? error.message : error);
    return (text.split('\n', 1)[0] ?? '').slice(0, 200);
  } catch {
    return '(unprintable error)';
  }
}

/** A value whose status cannot be read has none. */
function statusIn(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    if ('statusCode' in value && isStatus(value.statusCode)) return value.statusCode;
    if ('status' in value && isStatus(value.status)) return value.status;
  } catch {
    return undefined;
  }
  return undefined;
}

function isStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 999;
}
