// What is true of a window of a recorded run, and which windows count.

/**
 * - `leak`: the program leaks, and has begun to.
 * - `healthy`: it does not, and all bounded growth ended well before the window does.
 * - `undecidable`: nobody can tell yet from memory alone: a cache that is still filling, a leak just begun.
 */
export function labelOf(run, window) {
  return run.label === 'leak' ? labelOfLeak(run, window) : labelOfHealthy(run, window);
}

/** A run that ended before half the window stands for another window. */
export function reaches(run, window) {
  return run.requests >= window / 2;
}

function labelOfLeak({ onset, stepEvery }, window) {
  if (onset > 0) {
    if (window <= onset) return 'healthy';
    return window < onset + Math.max(500, 0.25 * onset) ? 'undecidable' : 'leak';
  }
  if (stepEvery > 0) {
    if (window < stepEvery) return 'healthy';
    // One step is a step, two are a coincidence.
    return window < 3.2 * stepEvery ? 'undecidable' : 'leak';
  }
  return 'leak';
}

function labelOfHealthy({ settle }, window) {
  return settle > 0 && window < 1.25 * settle ? 'undecidable' : 'healthy';
}
