import type { Evidence } from '../analysis/analyze-evidence.js';
import type { Analysis } from '../core/analysis-result.js';
import type { StackFrame } from '../core/profile.js';
import type { Sources } from '../sources/sources.js';

/** Evidence whose stacks and handlers are those that their authors wrote, where source maps tell. */
export async function withOriginalStacks<T extends Pick<Evidence, 'stacks' | 'handlers'>>(
  evidence: T,
  sources: Sources,
): Promise<T> {
  const { stacks, handlers } = evidence;
  await sources.load(stacks.flatMap(({ frames }) => frames));
  await sources.load(handlers.flatMap(({ handler }) => handler ?? []));
  return {
    ...evidence,
    stacks: stacks.map((entry) => ({
      ...entry,
      frames: entry.frames.map((frame) => sources.original(frame)),
    })),
    handlers: handlers.map(({ endpoint, handler }) =>
      handler === undefined ? { endpoint } : { endpoint, handler: sources.original(handler) },
    ),
  };
}

/** An analysis whose sites are the originals too where they come from the request records. */
export async function withOriginalSites<T extends Analysis>(
  analysis: T,
  sources: Sources,
): Promise<T> {
  const { endpoints, growingSites } = analysis;
  await sources.load([...endpoints.flatMap(({ topConsumers }) => topConsumers), ...growingSites]);
  const original = <S extends StackFrame>(site: S): S => ({ ...site, ...sources.original(site) });
  return {
    ...analysis,
    growingSites: growingSites.map(original),
    endpoints: endpoints.map((endpoint) => ({
      ...endpoint,
      topConsumers: endpoint.topConsumers.map(original),
    })),
  };
}
