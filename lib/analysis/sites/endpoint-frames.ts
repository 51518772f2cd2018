import type { StackFrame } from '../../core/profile.js';
import { frameKey } from '../../core/stack-frame.js';

/** An endpoint and where the function that serves it starts, if that is known. */
export interface EndpointHandler {
  readonly endpoint: string;
  readonly handler?: StackFrame;
}

/**
 * Endpoints by the {@link frameKey} of the function that serves them. A function that serves several endpoints is left
 * out: its frame does not tell which.
 */
export function endpointFrames(handlers: readonly EndpointHandler[]): ReadonlyMap<string, string> {
  const frames = new Map<string, string>();
  const shared = new Set<string>();
  for (const { endpoint, handler } of handlers) {
    if (handler === undefined) continue;
    const key = frameKey(handler);
    if ((frames.get(key) ?? endpoint) !== endpoint) shared.add(key);
    frames.set(key, endpoint);
  }
  for (const key of shared) frames.delete(key);
  return frames;
}

/** The endpoints whose own function is in a stack. */
export function endpointsIn(
  frames: readonly StackFrame[],
  endpoints: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  return new Set(frames.flatMap((frame) => endpoints.get(frameKey(frame)) ?? []));
}
