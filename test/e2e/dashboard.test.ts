import { rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request as send } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heaptideDashboard } from '../../lib/integrations/dashboard.js';
import { EndpointProfiler } from '../../lib/profiler/endpoint-profiler.js';
import { profileEndpoint } from '../../lib/profiler/profile-endpoint.js';
import { temporaryDirectory } from '../support/profile-directory.js';

const TOKEN = 'correct-horse-battery';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Question {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

let directory = '';
let profiler: EndpointProfiler;

beforeAll(async () => {
  directory = await temporaryDirectory();
  profiler = new EndpointProfiler({ outputDir: join(directory, 'profiles'), enabled: true });
});

afterAll(async () => {
  await profiler.stop();
  await rm(directory, { recursive: true });
});

/** Asks the dashboard of a service that lives as long as the request. */
async function ask(question: Question = {}, shown: EndpointProfiler = profiler): Promise<Reply> {
  const server = createServer(heaptideDashboard({ token: TOKEN, profiler: shown }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { path = `/?token=${TOKEN}`, method = 'GET', headers = {} } = question;
  try {
    return await new Promise<Reply>((resolve, reject) => {
      const request = send({ port, host: '127.0.0.1', path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.on('error', reject).end();
    });
  } finally {
    server.close();
  }
}

describe('the dashboard', () => {
  test('shows what waits in memory too', async () => {
    profileEndpoint('GET /cake', { profiler })(() => 'cake')();

    const { status, headers, body } = await ask({
      path: '/',
      headers: { authorization: `Bearer ${TOKEN}` },
    });

    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.match(/<code>GET \/cake<\/code>/)?.length).toBe(1);
  });

  test('says why there is no report', async () => {
    const idle = new EndpointProfiler({ outputDir: join(directory, 'nowhere') });

    const { status, body } = await ask({}, idle);

    expect(status).toBe(503);
    expect(body).toMatch(/^The report cannot be made: error: Cannot read .*nowhere/);
  });

  test.each(['/', '/?token=', '/?token=correct-horse-batterx', `/${TOKEN}`])(
    'refuses %s, which does not carry the token',
    async (path) => {
      const { status, body } = await ask({ path });

      expect([status, body]).toEqual([401, 'The token is missing or wrong']);
    },
  );

  test.each(['x-forwarded-for', 'forwarded', 'via'])(
    'refuses what came through a proxy, as %s tells',
    async (header) => {
      const { status } = await ask({ headers: { [header]: '203.0.113.9' } });

      expect(status).toBe(403);
    },
  );

  test.each(['POST', 'PUT', 'DELETE'])('refuses %s: it is read-only', async (method) => {
    const { status, headers } = await ask({ method });

    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('answers HEAD without a body', async () => {
    const { status, body } = await ask({ method: 'HEAD' });

    expect([status, body]).toEqual([200, '']);
  });

  test.each([undefined, 42, '', 'short'])('does not take %s for a token', (token) => {
    // @ts-expect-error What JavaScript can pass.
    const build = () => heaptideDashboard({ token, profiler });

    expect(build).toThrow(/options\.token/);
  });

  test('does not tell a short token in its error', () => {
    const build = () => heaptideDashboard({ token: 'hunter2', profiler });

    expect(build).not.toThrow(/hunter2/);
    expect(build).toThrow();
  });
});
