import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';

const ROUTES = ['/sync', '/async', '/leak', '/error'] as const;
/** Requests of an endpoint per life: rotation keeps 1000, and two lives are checked together. */
const MOST_REQUESTS = 450;
const CONNECTIONS = 8;

/** How a service dies: by a signal from outside, by V8's fatal error, or by its own hand. */
export type Death = 'SIGKILL' | 'oom' | 'abort';

/** How a service is started, and how it dies. */
export interface Fate {
  readonly death: Death;
  /** Time under load, in ms. */
  readonly ms: number;
  /** The addon's by default. */
  readonly backend?: 'fallback';
}

/** What a service that died had answered, by endpoint. */
export interface Life {
  readonly pid: number;
  readonly answered: ReadonlyMap<string, number>;
  /** What it had answered when its event loop began a stretch longer than the grain of a written journal. */
  readonly settled: ReadonlyMap<string, number>;
  readonly signal: NodeJS.Signals | null;
}

/** Starts the service on a directory, loads it with requests, and lets it die after about `ms` under load. */
export async function liveAndDie(out: string, { death, ms, backend }: Fate): Promise<Life> {
  const child = fork(join(__dirname, 'fixtures', 'doomed-service.mjs'), {
    env: { ...process.env, OUT: out, DEATH: death, ...(backend && { HEAPTIDE_BACKEND: backend }) },
    execArgv: death === 'oom' ? ['--max-old-space-size=24'] : [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  const { port } = await listening(child);
  const answered = new Map<string, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const clients = Array.from({ length: CONNECTIONS }, (_, n) =>
    load({ agent, port, answered, first: n }),
  );
  const settling =
    backend === 'fallback' ? settle({ agent: new Agent(), port, answered }) : undefined;
  if (death !== 'oom') {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (death === 'SIGKILL') child.kill('SIGKILL');
    else await request({ agent, port, path: '/abort' });
  }
  const [, signal] = await exited;
  await Promise.all(clients);
  const settled = (await settling) ?? new Map();
  agent.destroy();
  return { pid: child.pid ?? 0, answered, settled, signal };
}

async function listening(child: ChildProcess): Promise<{ port: number }> {
  const [message] = await once(child, 'message');
  return message;
}

/** Requests one endpoint after the other until the service no longer answers. */
async function load(client: {
  readonly agent: Agent;
  readonly port: number;
  readonly answered: Map<string, number>;
  readonly first: number;
}): Promise<void> {
  const { agent, port, answered } = client;
  const sent = new Map<string, number>();
  for (let n = client.first; ; n += 1) {
    const path = ROUTES[n % ROUTES.length] ?? '/sync';
    const count = sent.get(path) ?? 0;
    sent.set(path, count + 1);
    // The service still has to die of the leak when the other endpoints have had their share.
    if (count * CONNECTIONS >= MOST_REQUESTS) {
      if (!(await request({ agent, port, path: '/missing' }))) return;
      continue;
    }
    if (!(await request({ agent, port, path }))) return;
    answered.set(path, (answered.get(path) ?? 0) + 1);
  }
}

/** What was answered before the last stretch of the service's timers that it lived through. */
async function settle(client: {
  readonly agent: Agent;
  readonly port: number;
  readonly answered: ReadonlyMap<string, number>;
}): Promise<ReadonlyMap<string, number>> {
  const { agent, port, answered } = client;
  let settled: ReadonlyMap<string, number> = new Map();
  let isAlive = true;
  const stretches: Promise<void>[] = [];
  while (isAlive) {
    const before = new Map(answered);
    const stretch = request({ agent, port, path: '/settle' }).then((isOver) => {
      if (isOver) settled = before;
      else isAlive = false;
    });
    stretches.push(stretch);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await Promise.all(stretches);
  return settled;
}

/** Whether the service answered. */
function request(options: { agent: Agent; port: number; path: string }): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', ...options }, (response) => {
      response.resume();
      response.once('end', () => resolve(true));
      response.once('error', () => resolve(false));
    }).once('error', () => resolve(false));
  });
}
