import { SingleBar } from 'cli-progress';

/** Work that is done sooner needs no bar. */
const PATIENCE_MS = 1000;

/**
 * Shows the progress of some work as a bar on standard error, once it has taken a second. Nothing is shown where
 * standard error is no terminal.
 */
export async function withProgress<T>(
  work: (onProgress: (share: number) => void) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let bar: SingleBar | undefined;
  const onProgress = (share: number) => {
    if (!process.stderr.isTTY || performance.now() - started < PATIENCE_MS) return;
    bar ??= startBar();
    bar.update(Math.round(100 * share));
  };
  try {
    return await work(onProgress);
  } finally {
    bar?.stop();
  }
}

function startBar(): SingleBar {
  const bar = new SingleBar({
    format: 'Reading profiles {bar} {percentage} %, {eta} s left',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(100, 0);
  return bar;
}
