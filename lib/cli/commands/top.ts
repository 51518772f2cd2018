import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import type { TopView } from '../../report/top/top-view.js';
import type { CommandContext } from '../command-context.js';
import { CommandError } from '../command-error.js';
import { directoryOfProcess } from '../process-directory.js';
import { Screen } from '../screen.js';

const REFRESH_MS = 1000;

/** A look may take this share of the time: a timeline of days is read less often. */
const MAX_BUSY_SHARE = 0.1;

interface TopOptions {
  readonly pid?: number;
  readonly count?: number;
}

/** Adds `heaptide top`. */
export function addTopCommand(program: Command, context: CommandContext): void {
  program
    .command('top')
    .description('watch a running service: floor, endpoints, growing functions')
    .argument('[directory]', 'its profile directory')
    .option('--pid <pid>', 'the process to watch; finds its directory too (Linux)', parseCount)
    .option('-n, --count <looks>', 'stop after so many looks', parseCount)
    .action((directory: string | undefined, options: TopOptions) =>
      top(directory, { ...options, context }),
    );
}

/** Reads the value of an option that is a count of something. */
function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= 1 && count <= Number.MAX_SAFE_INTEGER)) {
    throw new InvalidArgumentError('Expected a whole number from 1.');
  }
  return count;
}

async function top(
  given: string | undefined,
  options: TopOptions & { readonly context: CommandContext },
): Promise<void> {
  const { pid, count = Number.POSITIVE_INFINITY, context } = options;
  const directory = given ?? (await directoryOf(pid));
  const look = () => takeLook(directory, pid);
  // The first look fails before the screen is taken.
  const first = await look();
  const isScreen = process.stdout.isTTY === true;
  await (isScreen ? watch : print)({ first, look, count, context });
}

function directoryOf(pid: number | undefined): Promise<string> {
  if (pid !== undefined) return directoryOfProcess(pid);
  throw new CommandError('Give a directory or --pid');
}

/** Reads the timeline anew. It is the service's own record: the service is not asked, and not disturbed. */
async function takeLook(directory: string, pid: number | undefined): Promise<TopView> {
  const { readSurroundings } = await import('../../diagnosis/surroundings.js');
  const { listProfileFiles } = await import('../../storage/load.js');
  const { lookAt } = await import('../../report/top/top-view.js');
  const handlers = await listProfileFiles(directory);
  const view = lookAt({ ...(await readSurroundings(directory)), handlers }, pid);
  if (view === undefined) {
    const whose = pid === undefined ? '' : ` of process ${pid}`;
    throw new CommandError(`${directory} holds no timeline${whose} yet`);
  }
  return view;
}

interface Watch {
  readonly first: TopView;
  readonly look: () => Promise<TopView>;
  readonly count: number;
  readonly context: CommandContext;
}

async function watch({ first, look, count, context }: Watch): Promise<void> {
  const { drawFrame } = await import('../../report/top/top-frame.js');
  const quit = new AbortController();
  const screen = new Screen(() => quit.abort());
  const draw = (view: TopView) => {
    const { columns = context.width, rows = 24 } = process.stdout;
    screen.draw(drawFrame(view, { width: columns, height: rows, hasColor: context.hasColor }));
  };
  screen.open();
  try {
    await repeat({ first, look, count, draw, signal: quit.signal });
  } finally {
    screen.close();
  }
}

async function print({ first, look, count, context }: Watch): Promise<void> {
  const { drawLine } = await import('../../report/top/top-frame.js');
  const closed = new AbortController();
  process.stdout.once('error', () => closed.abort());
  const draw = (view: TopView) => context.write(`${drawLine(view)}\n`);
  await repeat({ first, look, count, draw, signal: closed.signal });
}

async function repeat(
  options: Omit<Watch, 'context'> & {
    readonly draw: (view: TopView) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { first, look, count, draw, signal } = options;
  let view = first;
  let busyMs = 0;
  for (let looks = 1; ; looks++) {
    draw(view);
    if (looks >= count) return;
    const pauseMs = Math.max(REFRESH_MS - busyMs, busyMs / MAX_BUSY_SHARE);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const started = performance.now();
    view = await look();
    busyMs = performance.now() - started;
  }
}
