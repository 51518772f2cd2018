import { unlink } from 'node:fs/promises';
import type { Binding } from '../binding/contract.js';
import type { CapturedRun } from '../core/last-capture.js';
import { pruneLastCaptures } from '../storage/last-capture.js';
import { encodeCapturedRun, lastCapturePath } from '../storage/last-capture-file.js';
import { makeDirectory } from '../storage/make-directory.js';
import type { HeapView } from './heap-view.js';

/**
 * Shortest time between two captures, in ms. A service that lives on at its limit is reported to be near it again and
 * again, and each capture stops it for some milliseconds.
 */
const MIN_INTERVAL_MS = 60_000;

/** What a watch is of. */
export interface WatchedRun {
  readonly binding: Binding;
  readonly heap: HeapView;
  readonly directory: string;
  readonly captured: CapturedRun;
}

/**
 * Has a last capture of the run written when its heap runs out. If the heap shrinks again and V8 takes its extension
 * back, that capture is not the last one: it is removed, and the watch begins anew.
 *
 * An isolate is watched for one profiler at a time. Failures are silent: the directory's writers report them too.
 */
export class NearLimitWatch {
  readonly #watched: WatchedRun;
  readonly #path: string;
  #limitBytes = 0;
  #isWatching = false;
  #noticesSeen: number;
  #noticedAt = 0;

  constructor(watched: WatchedRun) {
    this.#watched = watched;
    this.#path = lastCapturePath(watched.directory, watched.captured.run);
    this.#noticesSeen = watched.heap.nearLimitCount;
  }

  /** Begins the watch. The directory exists from then on. */
  start(): void {
    const { binding, directory } = this.#watched;
    if (binding.nearHeapLimit === undefined) return;
    try {
      makeDirectory(directory);
    } catch {
      return;
    }
    this.#limitBytes = binding.heapStatistics().limit;
    this.#watch();
    setImmediate(() => pruneLastCaptures(directory).catch(() => {}));
  }

  /** Looks whether the heap recovered from a notice. Called once a second, with a fresh heap view. */
  tick(): void {
    const { binding, heap } = this.#watched;
    if (!this.#isWatching) return;
    if (heap.nearLimitCount !== this.#noticesSeen) {
      this.#noticesSeen = heap.nearLimitCount;
      this.#noticedAt = heap.time;
    }
    const hasNotice = this.#noticedAt > 0;
    if (!hasNotice || heap.time - this.#noticedAt < MIN_INTERVAL_MS) return;
    if (binding.heapStatistics().limit > this.#limitBytes) return;
    this.#noticedAt = 0;
    unlink(this.#path).catch(() => {});
    this.#watch();
  }

  /** Ends the watch. A capture stays. Idempotent. */
  stop(): void {
    if (!this.#isWatching) return;
    this.#isWatching = false;
    this.#watched.binding.nearHeapLimit?.unwatchNearHeapLimit();
  }

  #watch(): void {
    const { binding, captured } = this.#watched;
    const thread = binding.thread === 0 ? 'main' : 'worker';
    const identity = encodeCapturedRun(captured);
    const { nearHeapLimit } = binding;
    this.#isWatching = nearHeapLimit?.watchNearHeapLimit(thread, this.#path, identity) ?? false;
  }
}
