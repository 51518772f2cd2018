/** What is to be done at the end of the process, or of the worker thread. */
const waiting = new Set<() => void>();

/**
 * Calls `finish` when the process or the worker thread exits, unless the result was called before. All share one
 * listener: Node.js warns of a leak where an event has eleven.
 */
export function atExit(finish: () => void): () => void {
  if (waiting.size === 0) process.on('exit', finishAll);
  waiting.add(finish);
  return () => {
    waiting.delete(finish);
    if (waiting.size === 0) process.off('exit', finishAll);
  };
}

function finishAll(): void {
  for (const finish of waiting) {
    try {
      finish();
    } catch {
      // The others are to be finished too, and nobody would read a warning.
    }
  }
}
