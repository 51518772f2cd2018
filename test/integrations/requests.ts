import { once } from 'node:events';
import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

/** An answer that has begun. */
export interface Answer {
  readonly client: ClientRequest;
  readonly response: IncomingMessage;
}

/** Sends a request and waits for the head of the answer. */
export async function send(
  port: number,
  path: string,
  options: { readonly method?: string; readonly agent?: Agent } = {},
): Promise<Answer> {
  const client = request({ host: '127.0.0.1', port, path, ...options });
  client.end();
  const [response] = await once(client, 'response');
  client.on('error', () => {});
  response.on('error', () => {});
  return { client, response };
}

/** Sends a request and reads the whole answer. Returns its status. */
export async function call(...args: Parameters<typeof send>): Promise<number | undefined> {
  const { response } = await send(...args);
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

/** Waits until `isTrue`, looking at it every turn of the event loop. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}
