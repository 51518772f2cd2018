import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../core/errors.js';

/** Time after which a holder whose process cannot be seen from here counts as dead, in ms. */
const LONGEST_SILENCE_MS = 10 * 60_000;
/** Time between two signs of life, in ms: a small part of the longest silence. */
const SIGN_MS = 60_000;

const FORMAT = /^(\d+)-(\d+)-(\d+)-([0-9a-f]{8})-[0-9a-f]{8}$/;

/** What Linux tells of a thread. */
interface Task {
  readonly isOver: boolean;
  /** Start of the thread, in clock ticks since the machine started. */
  readonly started: string;
}

/**
 * A name for the calling thread as the holder of something, where the kernel has no lock to offer: process id, thread
 * id of the kernel, start of the thread, a hash of the place in which these mean something, and a random part. No two
 * holders ever have the same name. Outside Linux, thread and start are 0.
 */
export function newHolder(): string {
  const [pid = String(process.pid), , task = '0'] = ownTask()?.split('/') ?? [];
  const started = (task === '0' ? undefined : readTask(pid, task))?.started ?? '0';
  return `${pid}-${task}-${started}-${ownPlace()}-${randomBytes(4).toString('hex')}`;
}

/** Whether a file's name is one that {@link newHolder} made. */
export function isHolder(name: string): boolean {
  return FORMAT.test(name);
}

/**
 * Whether a holder may be alive. Exact on Linux in the holder's own process-id namespace: a thread of the same start is
 * there. On other systems a holder lives as long as some process has its id. From another container or machine, what
 * counts is the sign of life that {@link showLife} gives at least once a minute: `lastSign`, in ms since the epoch.
 */
export function mayBeAlive(holder: string, lastSign: () => number): boolean {
  const [, pid = '', task = '', started = '', place] = FORMAT.exec(holder) ?? [];
  if (place !== ownPlace()) return Date.now() - lastSign() <= LONGEST_SILENCE_MS;
  if (task === '0') return processExists(Number(pid));
  const found = readTask(pid, task);
  return found === undefined ? mayHide(pid, task) : !found.isOver && found.started === started;
}

/** Calls `sign` once a minute until the result is called. Never keeps the process alive. */
export function showLife(sign: () => void): () => void {
  const timer = setInterval(() => {
    try {
      sign();
    } catch {
      // What was held is gone: there is nobody to convince.
    }
  }, SIGN_MS).unref();
  return () => clearInterval(timer);
}

/** `{pid}/task/{tid}` of the calling thread. */
function ownTask(): string | undefined {
  try {
    return readlinkSync('/proc/thread-self');
  } catch {
    return undefined;
  }
}

/** Process ids mean something within one start of a machine, and within one namespace of process ids there. */
function ownPlace(): string {
  const hash = createHash('sha256');
  try {
    hash.update(readFileSync('/proc/sys/kernel/random/boot_id', 'latin1'));
    hash.update(readlinkSync('/proc/self/ns/pid'));
  } catch {
    hash.update(hostname());
  }
  return hash.digest('hex').slice(0, 8);
}

/** `undefined` when there is no such thread, or it cannot be seen. */
function readTask(pid: string, task: string): Task | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/task/${task}/stat`, 'latin1');
    // The name in front, in parentheses, may hold anything. State is the third field, the start the 22nd.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { isOver: /^[ZX]/.test(fields[0] ?? ''), started: fields[19] ?? '0' };
  } catch {
    return undefined;
  }
}

/** Whether a thread that could not be read may be there nevertheless: other users' processes can be hidden. */
function mayHide(pid: string, task: string): boolean {
  const tasks = `/proc/${pid}/task`;
  return existsSync(join(tasks, task)) || (!existsSync(tasks) && processExists(Number(pid)));
}

/** Whether some process has that id. */
export function processExists(pid: number): boolean {
  try {
    // Signal 0 tests for existence.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Anything else, such as EPERM, comes from a process that exists.
    return codeOf(error) !== 'ESRCH';
  }
}
