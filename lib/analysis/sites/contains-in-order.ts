/** Whether a stack has the frames of `part` in the same order, others in between allowed. */
export function containsInOrder<T>(
  stack: readonly T[],
  part: readonly T[],
  isSame: (a: T, b: T) => boolean,
): boolean {
  if (stack.length < part.length) return false;
  let matched = 0;
  for (const frame of stack) {
    const wanted = part[matched];
    if (wanted === undefined) return true;
    if (isSame(frame, wanted)) matched++;
  }
  return matched === part.length;
}
